package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.Resource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * How much of a resource a process may have.
 *
 * @param soft what counts, unsigned; {@link #UNLIMITED} where nothing does
 * @param hard up to where a process may raise the soft one by itself, likewise
 */
public record ResourceLimit(long soft, long hard) {
    /** RLIM_INFINITY. */
    public static final long UNLIMITED = -1;

    /** struct rlimit: the soft one, then the hard one. */
    private static final int LIMIT_BYTES = 2 * Long.BYTES;

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String CAPABILITIES = "CapEff:";
    private static final int CAP_SYS_RESOURCE = 24;
    private static final int HEXADECIMAL = 16;

    public static ResourceLimit ofThisProcess(Resource resource) throws LinuxException {
        Pointer limit = Memory.allocateDirect(Kernel.RUNTIME, LIMIT_BYTES, true);
        Kernel.call("getrlimit", resource.toString(), () -> Kernel.LIBC.getrlimit(resource.number(), limit));
        return new ResourceLimit(limit.getLong(0), limit.getLong(Long.BYTES));
    }

    /** Makes it this process's. */
    public void set(Resource resource) throws LinuxException {
        Pointer limit = Memory.allocateDirect(Kernel.RUNTIME, LIMIT_BYTES, true);
        limit.putLong(0, soft);
        limit.putLong(Long.BYTES, hard);
        Kernel.call("setrlimit", resource + " " + this, () -> Kernel.LIBC.setrlimit(resource.number(), limit));
    }

    /** Whether this process may raise hard limits, as far as its capabilities tell. */
    public static boolean mayRaise() throws IOException {
        for (String line : Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1)) {
            if (line.startsWith(CAPABILITIES)) {
                String set = line.substring(CAPABILITIES.length()).trim();
                return (Long.parseUnsignedLong(set, HEXADECIMAL) & 1L << CAP_SYS_RESOURCE) != 0;
            }
        }
        return false;
    }

    /** As prlimit(1) takes it. */
    @Override
    public String toString() {
        return text(soft) + ":" + text(hard);
    }

    /** One of the two, for people and for prlimit(1). */
    public static String text(long limit) {
        return limit == UNLIMITED ? "unlimited" : Long.toUnsignedString(limit);
    }
}
