package dev.handover.supervisor.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Where {@code supervisorctl} begins. */
public final class SupervisorctlMain {
    private SupervisorctlMain() {}

    public static void main(String[] arguments) {
        PrintStream out = utf8(FileDescriptor.out);
        PrintStream err = utf8(FileDescriptor.err);
        int code = new Supervisorctl(System.getenv(), out, err, Terminal.isStandardOutput()).run(arguments);
        out.flush();
        err.flush();
        // Not System.exit: on JDK 21 and later it first sets up logging, to say that it was called.
        Runtime.getRuntime().halt(code);
    }

    /** What workers say is UTF-8, whatever the locale. */
    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    }
}
