package dev.handover.supervisor.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * How many descriptors this process may have (RLIMIT_NOFILE).
 *
 * @param soft what counts
 * @param hard up to where a process may raise the soft one by itself
 */
public record DescriptorLimit(long soft, long hard) {
    /** struct rlimit: the soft one, then the hard one. */
    private static final int LIMIT_BYTES = 2 * Long.BYTES;

    public static DescriptorLimit ofThisProcess() throws LinuxException {
        Pointer limit = Memory.allocateDirect(Kernel.RUNTIME, LIMIT_BYTES, true);
        Kernel.call("getrlimit", "descriptors", () -> Kernel.LIBC.getrlimit(Abi.RLIMIT_NOFILE, limit));
        return new DescriptorLimit(limit.getLong(0), limit.getLong(Long.BYTES));
    }

    /** Makes it this process's. */
    public void set() throws LinuxException {
        Pointer limit = Memory.allocateDirect(Kernel.RUNTIME, LIMIT_BYTES, true);
        limit.putLong(0, soft);
        limit.putLong(Long.BYTES, hard);
        Kernel.call("setrlimit", toString(), () -> Kernel.LIBC.setrlimit(Abi.RLIMIT_NOFILE, limit));
    }

    /** How many this process has open now. */
    public static long used() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    /** As prlimit(1) takes it. */
    @Override
    public String toString() {
        return Long.toUnsignedString(soft) + ":" + Long.toUnsignedString(hard);
    }
}
