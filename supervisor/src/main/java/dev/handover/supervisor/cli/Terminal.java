package dev.handover.supervisor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether anybody watches. */
final class Terminal {
    private Terminal() {}

    /**
     * Whether standard output is a terminal. The kernel's link says it in any JDK; System.console() means something else
     * from JDK 22 on, and speaks of standard input too.
     */
    static boolean isStandardOutput() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }
}
