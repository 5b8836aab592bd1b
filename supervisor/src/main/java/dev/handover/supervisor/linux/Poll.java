package dev.handover.supervisor.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Waits until one of some descriptors is readable, or has failed or hung up. For one thread. */
final class Poll {
    /** struct pollfd: int fd, short events, short revents. */
    private static final int ENTRY_BYTES = 8;

    private static final int EVENTS = 4;
    private static final int RETURNED_EVENTS = 6;

    private final ByteBuffer entries;
    private final int count;

    Poll(List<Fd> descriptors) {
        this(descriptors, Abi.POLLIN);
    }

    /** Until one has hung up, or failed, whatever can be read there. */
    static Poll forHangUp(Fd descriptor) {
        return new Poll(List.of(descriptor), 0);
    }

    private Poll(List<Fd> descriptors, int events) {
        count = descriptors.size();
        entries = ByteBuffer.allocateDirect(Math.max(1, count) * ENTRY_BYTES).order(ByteOrder.nativeOrder());
        for (int i = 0; i < count; i++) {
            entries.putInt(i * ENTRY_BYTES, descriptors.get(i).number());
            entries.putShort(i * ENTRY_BYTES + EVENTS, (short) events);
        }
    }

    /** @param timeoutMillis the longest wait, or {@link Abi#INFINITE} */
    void await(int timeoutMillis) throws LinuxException {
        Kernel.call("poll", count + " descriptors", () -> Kernel.LIBC.poll(entries, count, timeoutMillis));
    }

    /** Whether the last {@link #await} found that nothing is to be read there any more. */
    boolean hasEnded(int index) {
        return ready(index) && (entries.getShort(index * ENTRY_BYTES + RETURNED_EVENTS) & Abi.POLLIN) == 0;
    }

    /** Whether the last {@link #await} found something at the descriptor with this place in the list. */
    boolean ready(int index) {
        return entries.getShort(index * ENTRY_BYTES + RETURNED_EVENTS) != 0;
    }
}
