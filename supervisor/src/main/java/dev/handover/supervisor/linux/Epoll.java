package dev.handover.supervisor.linux;

import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** Waits until one of many descriptors is readable, at a price that does not grow with their number (epoll(7)). */
final class Epoll implements AutoCloseable {
    private static final int MOST_AT_ONCE = 64;

    /** struct epoll_event: packed on x86-64, where 32-bit programs had it so, and nowhere else. */
    private static final boolean PACKED = List.of("amd64", "x86_64").contains(System.getProperty("os.arch"));

    private static final int DATA = PACKED ? 4 : 8;
    private static final int EVENT_BYTES = DATA + Long.BYTES;

    private final Fd fd;
    private final Pointer events = Memory.allocateDirect(Kernel.RUNTIME, MOST_AT_ONCE * EVENT_BYTES, true);

    Epoll(String subject) throws LinuxException {
        fd = new Fd(Kernel.call("epoll_create1", subject, () -> Kernel.LIBC.epoll_create1(Abi.EPOLL_CLOEXEC)), subject);
    }

    /** @param key what {@link #await} calls it */
    void add(Fd added, long key) throws LinuxException {
        Pointer event = Memory.allocateDirect(Kernel.RUNTIME, EVENT_BYTES, true);
        event.putInt(0, Abi.POLLIN);
        event.putLong(DATA, key);
        Kernel.call(
                "epoll_ctl",
                added.toString(),
                () -> Kernel.LIBC.epoll_ctl(fd.number(), Abi.EPOLL_CTL_ADD, added.number(), event));
    }

    /** To be called before the descriptor is closed: a duplicate elsewhere would keep it here. */
    void remove(Fd removed) throws LinuxException {
        Kernel.call(
                "epoll_ctl",
                removed.toString(),
                () -> Kernel.LIBC.epoll_ctl(fd.number(), Abi.EPOLL_CTL_DEL, removed.number(), null));
    }

    /** Waits without a limit; the keys of those that are readable, or have come to their end. One thread at a time. */
    List<Long> await() throws LinuxException {
        int ready = Kernel.call(
                "epoll_wait",
                fd.toString(),
                () -> Kernel.LIBC.epoll_wait(fd.number(), events, MOST_AT_ONCE, Abi.INFINITE));
        List<Long> keys = new ArrayList<>();
        for (int i = 0; i < ready; i++) {
            keys.add(events.getLong((long) i * EVENT_BYTES + DATA));
        }
        return keys;
    }

    @Override
    public void close() {
        fd.close();
    }
}
