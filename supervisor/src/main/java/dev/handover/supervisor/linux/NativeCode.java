package dev.handover.supervisor.linux;

import java.util.Optional;
import java.util.ServiceConfigurationError;

/** What all of this package stands on: a library that jffi has in its jar, unpacks, and loads. */
public final class NativeCode {
    private NativeCode() {}

    /** Why it can't be loaded here, in a line for users that says what to set; empty if it can. */
    public static Optional<String> refusal() {
        try {
            Kernel.call("geteuid", "the C library", () -> Kernel.LIBC.geteuid());
            return Optional.empty();
        } catch (LinkageError | ServiceConfigurationError | LinuxException refused) {
            return Optional.of("can't load the library for its system calls, which is unpacked to "
                    + System.getProperty("java.io.tmpdir")
                    + " first: nothing can be written there, or programs can't be run from there (noexec); set"
                    + " HANDOVER_JAVA_OPTS=-Djava.io.tmpdir=FOLDER to a folder where both can be done");
        }
    }
}
