package dev.handover.chaos.link;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** One way of a link: a queue of packets, each let out when its time has come, in the order in which they came. */
final class Direction {
    /** Packets on their way at once, beyond which they are dropped: 0.8 s of 20,000 a second. */
    private static final int SLOTS = 1 << 14;

    private static final int SLOT_SIZE = 1536;
    /** Taken in one turn at most, so that the other direction has its turn. */
    private static final int BURST = 64;

    private final LibC libc;
    private final LibC.Functions kernel;
    private final Tun from;
    private final Tun to;
    private final long delay;
    /** Keeps the slots' memory reachable: only its address goes to the kernel. */
    private final Pointer slots;

    private final long slotsAddress;
    private final int[] lengths = new int[SLOTS];
    private final long[] dues = new long[SLOTS];
    private long head;
    private long tail;
    private final AtomicLong carried = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();

    Direction(LibC libc, Tun from, Tun to, long delay) {
        this.libc = libc;
        this.kernel = libc.functions();
        this.from = from;
        this.to = to;
        this.delay = delay;
        this.slots = Memory.allocateDirect(libc.runtime(), SLOTS * SLOT_SIZE);
        this.slotsAddress = slots.address();
    }

    /** When the next packet is to be let out, or {@link Long#MAX_VALUE}. */
    long nextDue() {
        return head == tail ? Long.MAX_VALUE : dues[slot(tail)];
    }

    long carried() {
        return carried.get();
    }

    long dropped() {
        return dropped.get();
    }

    /**
     * Takes in what has come.
     *
     * @throws IOException if the device is gone
     */
    void takeIn() throws IOException {
        for (int i = 0; i < BURST; i++) {
            long length = kernel.read(from.fd(), address(head), SLOT_SIZE);
            if (length < 0) {
                int errno = libc.errno();
                if (errno == LibC.EAGAIN || errno == LibC.EINTR) {
                    return;
                }
                throw libc.failure("read from " + from.name());
            }
            // A full queue leaves no slot free but the one at head: the packet in it is overwritten by the next.
            if (head - tail == SLOTS - 1) {
                dropped.incrementAndGet();
                continue;
            }
            lengths[slot(head)] = (int) length;
            dues[slot(head)] = System.nanoTime() + delay;
            head++;
        }
    }

    /** Lets out what is due. */
    void letOut(long now) {
        while (head != tail && dues[slot(tail)] <= now) {
            long written = kernel.write(to.fd(), address(tail), lengths[slot(tail)]);
            if (written < 0) {
                dropped.incrementAndGet();
            } else {
                carried.incrementAndGet();
            }
            tail++;
        }
    }

    private long address(long index) {
        return slotsAddress + (long) slot(index) * SLOT_SIZE;
    }

    private static int slot(long index) {
        return (int) (index & (SLOTS - 1));
    }
}
