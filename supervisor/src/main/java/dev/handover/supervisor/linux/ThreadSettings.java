package dev.handover.supervisor.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import jnr.constants.platform.Errno;

/** What the calling thread is to hand down to a program that it starts. It keeps that for good. */
final class ThreadSettings {
    /** Of unshare(2). */
    private static final int CLONE_FS = 0x200;
    /** Of setpriority(2), where 0 is the calling thread. */
    private static final int PRIO_PROCESS = 0;

    private static final String UMASK_AND_RUN = "umask \"$1\" && shift && exec \"$@\"";

    private ThreadSettings() {}

    /**
     * Sets what a program is to have.
     *
     * @return what is to be run for it: the program itself, where all could be set
     * @throws IOException if the kernel refuses something, with a message for users
     */
    static Program take(Program program) throws IOException {
        if (program.nice().isPresent()) {
            nice(program.nice().getAsInt());
        }
        return umask(program.umask()) ? program : byShell(program);
    }

    private static void nice(int nice) throws IOException {
        try {
            Kernel.call("setpriority", "nice = " + nice, () -> Kernel.LIBC.setpriority(PRIO_PROCESS, 0, nice));
        } catch (LinuxException refused) {
            if (!refused.is(Errno.EACCES) && !refused.is(Errno.EPERM)) {
                throw refused;
            }
            throw new IOException(
                    "nice = " + nice + " is refused (" + refused.errno()
                            + "): this user may not go below the"
                            + " supervisor's niceness; CAP_SYS_NICE, or RLIMIT_NICE (LimitNICE= of its unit), allows it",
                    refused);
        }
    }

    /** Where it is refused, as in many containers (unshare(2) does more than this), it can be had by a shell. */
    private static boolean umask(OptionalInt umask) {
        if (umask.isPresent()) {
            try {
                Kernel.call("unshare", "umask", () -> Kernel.LIBC.unshare(CLONE_FS));
            } catch (LinuxException refused) {
                return false;
            }
            Kernel.LIBC.umask(umask.getAsInt());
        }
        return true;
    }

    /** The same, run by a shell that sets the umask. The program is called by its path then. */
    static Program byShell(Program program) {
        List<CString> words = new ArrayList<>(List.of(
                CString.of("sh"),
                CString.of("-c"),
                CString.of(UMASK_AND_RUN),
                CString.of("sh"),
                CString.of(Integer.toOctalString(program.umask().orElseThrow())),
                CString.of(program.file().toString())));
        words.addAll(program.words().subList(1, program.words().size()));
        return program.as(Launcher.SHELL, words);
    }
}
