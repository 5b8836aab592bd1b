package dev.handover.supervisor.linux;

import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import jnr.constants.platform.Errno;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Platform;
import jnr.ffi.Runtime;

/** The one way into the C library: turns errno into a {@link LinuxException}, and goes on after EINTR. */
final class Kernel {
    static {
        // Else jnr-ffi makes a class of all functions before the first call, by a library of its own; so it makes an
        // object of each that is called, as it is called. That saves a sixth of the supervisor's start, and 13 MiB.
        System.setProperty("jnr.ffi.asm.enabled", "false");
    }

    static final LibC.Functions LIBC = LibraryLoader.create(LibC.Functions.class)
            .load(Platform.getNativePlatform().getStandardCLibraryName());
    static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

    private Kernel() {}

    /**
     * Calls until it is not interrupted.
     *
     * <p>EINTR says that the JVM caught a signal on this thread (its profilers and its own thread suspension send them),
     * which concerns no caller; so every call is simply made again. close(2) must not be, and is not called through here
     * (see {@link Fd#close}).
     *
     * @param call the C function's name, for the message
     * @param subject what it was about, for the message
     * @return the function's result, 0 or more
     */
    static int call(String call, String subject, IntSupplier function) throws LinuxException {
        return (int) callLong(call, subject, function::getAsInt);
    }

    /** {@link #call} for a function that returns a {@code long} or {@code ssize_t}. */
    static long callLong(String call, String subject, LongSupplier function) throws LinuxException {
        while (true) {
            long result = function.getAsLong();
            if (result >= 0) {
                return result;
            }
            // Read at once: the next native call of this thread overwrites it.
            Errno errno = Errno.valueOf(LastError.getLastError(RUNTIME));
            if (errno != Errno.EINTR) {
                throw new LinuxException(call, errno, subject);
            }
        }
    }
}
