package dev.handover.supervisor.linux;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jnr.constants.platform.Errno;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.byref.IntByReference;
import org.jspecify.annotations.Nullable;

/**
 * Starts programs as children of this process, by posix_spawn(3). Each begins as if nobody had been there before: no
 * signal is blocked or ignored, it leads a session of its own, and it has no descriptors but its standard ones, and one
 * more where it is given that. Limits and all else are this process's, and so are umask and niceness where it is given
 * none.
 *
 * <p>What the calling thread has of its own (a seccomp filter, the CPUs that it may run on) is inherited, too.
 */
public final class Launcher {
    /** More than any C library's posix_spawnattr_t and posix_spawn_file_actions_t take. */
    private static final int ROOM = 1024;

    /** After the standard ones: where a program has the one more that it is given. */
    static final int KEPT = 3;

    /** sigset_t of glibc; musl's is as long. */
    private static final int SIGNAL_SET_BYTES = 128;

    private static final short FLAGS = Abi.POSIX_SPAWN_SETSIGDEF | Abi.POSIX_SPAWN_SETSIGMASK | Abi.POSIX_SPAWN_SETSID;

    /** What execvp(3) runs a script with that does not say. */
    static final Path SHELL = Path.of("/bin/sh");

    private Launcher() {}

    /**
     * To be called once, before the first start: where SIGCHLD is ignored, as whoever started this process may have left
     * it, children vanish, and nobody learns how they ended.
     */
    public static void takeChildren() {
        Kernel.LIBC.signal(Abi.SIGCHLD, null);
    }

    /**
     * Starts a program.
     *
     * @return its pid, which stays its own until {@link Children#reap}
     * @throws IOException if it can't be started, with a message for users
     */
    public static long start(Program program) throws IOException {
        return program.hasSettings()
                ? Aside.call("start-with-settings", () -> start(ThreadSettings.take(program), null, true))
                : start(program, null, true);
    }

    /**
     * The same, on the calling thread: what that sets for itself, it keeps.
     *
     * @param kept what the program is to have open as {@link #KEPT}, beside the standard ones
     */
    static long startHere(Program program, Fd kept) throws IOException {
        return start(ThreadSettings.take(program), kept, true);
    }

    /** @param closeFrom whether the C library can close all further descriptors: glibc 2.34 and later */
    static long start(Program program, @Nullable Fd kept, boolean closeFrom) throws IOException {
        try {
            return startOrRefuse(program, kept, closeFrom);
        } catch (LinuxException refused) {
            throw NotStarted.because(refused, program);
        }
    }

    private static long startOrRefuse(Program program, @Nullable Fd kept, boolean closeFrom) throws IOException {
        try (Fd in = open(program.in(), Abi.O_RDONLY);
                // For reading, too: where it is a pipe, a write finds a reader whoever else is gone (SIGPIPE).
                Fd out = open(program.out(), Abi.O_RDWR | Abi.O_APPEND);
                Fd err = open(program.err(), Abi.O_RDWR | Abi.O_APPEND);
                Fd directory = open(program.directory(), Abi.O_PATH);
                Plan plan = new Plan()) {
            plan.descriptor(in, 0);
            plan.descriptor(out, 1);
            plan.descriptor(err, 2);
            plan.directory(directory);
            int first = KEPT;
            if (kept != null) {
                plan.descriptor(kept, first++);
            }
            if (!closeFrom || !plan.closeFrom(first)) {
                plan.closeEach(Fd.openFrom(first));
            }
            if (program.account().isPresent()) {
                Identity.take(program.account().get()); // What it is to open, this process has opened.
            }
            try {
                return plan.run(program.file(), program.words(), program.environment());
            } catch (LinuxException refused) {
                if (!refused.is(Errno.ENOEXEC)) {
                    throw refused;
                }
                return plan.run(SHELL, forShell(program), program.environment());
            }
        }
    }

    private static List<CString> forShell(Program script) {
        List<CString> words = new ArrayList<>(script.words());
        words.set(0, CString.of(script.file().toString()));
        words.add(0, CString.of(SHELL.toString()));
        return words;
    }

    private static Fd open(Path path, int flags) throws LinuxException {
        CString name = CString.of(path.toString());
        Fd fd = new Fd(
                Kernel.call("open", name.toString(), () -> Kernel.LIBC.open(name.terminated(), flags | Abi.O_CLOEXEC)),
                name.toString());
        return fd.beyondStandard();
    }

    /** What the child does before it becomes the program. */
    private static final class Plan implements AutoCloseable {
        private final Pointer actions = Memory.allocateDirect(Kernel.RUNTIME, ROOM, true);
        private final Pointer attributes = Memory.allocateDirect(Kernel.RUNTIME, ROOM, true);
        private final Pointer none = Memory.allocateDirect(Kernel.RUNTIME, SIGNAL_SET_BYTES, true);
        private final Pointer all = Memory.allocateDirect(Kernel.RUNTIME, SIGNAL_SET_BYTES, true);

        Plan() throws LinuxException {
            all.setMemory(0, SIGNAL_SET_BYTES, (byte) 0xff);
            check("posix_spawn_file_actions_init", Kernel.LIBC.posix_spawn_file_actions_init(actions));
            check("posix_spawnattr_init", Kernel.LIBC.posix_spawnattr_init(attributes));
            check("posix_spawnattr_setflags", Kernel.LIBC.posix_spawnattr_setflags(attributes, FLAGS));
            check("posix_spawnattr_setsigmask", Kernel.LIBC.posix_spawnattr_setsigmask(attributes, none));
            check("posix_spawnattr_setsigdefault", Kernel.LIBC.posix_spawnattr_setsigdefault(attributes, all));
        }

        /** These return the error; errno means nothing after them. */
        private static void check(String call, int error) throws LinuxException {
            if (error != 0) {
                throw new LinuxException(call, Errno.valueOf(error), "a program's start");
            }
        }

        void descriptor(Fd fd, int number) throws LinuxException {
            check(
                    "posix_spawn_file_actions_adddup2",
                    Kernel.LIBC.posix_spawn_file_actions_adddup2(actions, fd.number(), number));
        }

        void directory(Fd directory) throws IOException {
            try {
                check(
                        "posix_spawn_file_actions_addfchdir_np",
                        Kernel.LIBC.posix_spawn_file_actions_addfchdir_np(actions, directory.number()));
            } catch (UnsatisfiedLinkError missing) {
                throw new IOException(
                        "the C library can't start a program in a folder; glibc 2.29 or musl 1.1.24 can", missing);
            }
        }

        /** Returns whether the C library has the function. */
        boolean closeFrom(int first) throws LinuxException {
            try {
                check(
                        "posix_spawn_file_actions_addclosefrom_np",
                        Kernel.LIBC.posix_spawn_file_actions_addclosefrom_np(actions, first));
                return true;
            } catch (UnsatisfiedLinkError missing) {
                return false;
            }
        }

        void closeEach(List<Integer> numbers) throws LinuxException {
            for (int number : numbers) {
                check(
                        "posix_spawn_file_actions_addclose",
                        Kernel.LIBC.posix_spawn_file_actions_addclose(actions, number));
            }
        }

        long run(Path file, List<CString> words, List<CString> environment) throws LinuxException {
            CString name = CString.of(file.toString());
            IntByReference pid = new IntByReference();
            CStrings argv = new CStrings(words);
            CStrings envp = new CStrings(environment);
            try {
                int error = Kernel.LIBC.posix_spawn(
                        pid, name.terminated(), actions, attributes, argv.pointer(), envp.pointer());
                if (error != 0) {
                    throw new LinuxException("posix_spawn", Errno.valueOf(error), name.toString());
                }
            } finally {
                // The arrays are pointed to by bare addresses, which do not keep them from being collected.
                Reference.reachabilityFence(argv);
                Reference.reachabilityFence(envp);
            }
            return pid.intValue();
        }

        @Override
        public void close() {
            Kernel.LIBC.posix_spawn_file_actions_destroy(actions);
            Kernel.LIBC.posix_spawnattr_destroy(attributes);
        }
    }
}
