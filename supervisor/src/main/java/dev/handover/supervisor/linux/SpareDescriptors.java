package dev.handover.supervisor.linux;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** Descriptors that are held open for nothing, to be given up when one is needed and none is to be had any more. */
final class SpareDescriptors implements AutoCloseable {
    private static final CString NOTHING = CString.of(Path.of("/dev/null").toString());

    private final int most;
    private final Deque<Fd> held = new ArrayDeque<>();
    private boolean closed;

    /** @param most how many are held, where that many are to be had */
    SpareDescriptors(int most) {
        this.most = most;
        refill();
    }

    /** Gives up to so many up; false if none was left. */
    synchronized boolean giveUp(int number) {
        boolean some = !held.isEmpty();
        for (int i = 0; i < number && !held.isEmpty(); i++) {
            held.remove().close();
        }
        return some;
    }

    /** Takes back what it can. */
    synchronized void refill() {
        try {
            while (!closed && held.size() < most) {
                held.add(new Fd(
                        Kernel.call(
                                "open",
                                NOTHING.toString(),
                                () -> Kernel.LIBC.open(NOTHING.terminated(), Abi.O_PATH | Abi.O_CLOEXEC)),
                        NOTHING.toString()));
            }
        } catch (LinuxException none) {
            // It is tried again when something has been closed.
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        giveUp(held.size());
    }
}
