package dev.handover.chaos.link;

import java.io.IOException;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/** The C library's functions that the relay needs; 64-bit Linux, so that an address is a long. */
final class LibC {
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EAGAIN = 11;
    static final int ENOBUFS = 105;

    /** Signatures as in the manual pages; addresses are longs. */
    public interface Functions {
        int open(String path, int flags);

        int ioctl(int fd, long request, long argument);

        long read(int fd, long buffer, long count);

        long write(int fd, long buffer, long count);

        int ppoll(long fds, long count, long timeout, long signalMask);

        int close(int fd);

        String strerror(int errno);
    }

    private final Runtime runtime;
    private final Functions functions;

    private LibC(Functions functions) {
        this.functions = functions;
        this.runtime = Runtime.getRuntime(functions);
    }

    static LibC load() {
        // Only addresses cross to the kernel here, so nothing is lost, and JDK 24 and later have nothing to warn of.
        if (System.getProperty("jffi.unsafe.disabled") == null) {
            System.setProperty("jffi.unsafe.disabled", "true");
        }
        return new LibC(LibraryLoader.create(Functions.class).load("c"));
    }

    Functions functions() {
        return functions;
    }

    Runtime runtime() {
        return runtime;
    }

    /** Stale after a success: ask only after a failure. */
    int errno() {
        return LastError.getLastError(runtime);
    }

    IOException failure(String what) {
        return new IOException(what + ": " + functions.strerror(errno()));
    }
}
