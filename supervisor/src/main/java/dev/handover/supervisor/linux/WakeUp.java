package dev.handover.supervisor.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.constants.platform.Errno;

/** Lets any thread end another thread's {@link Poll#await}: an eventfd. */
final class WakeUp implements AutoCloseable {
    private static final int COUNTER_BYTES = Long.BYTES;

    private final Fd fd;
    private final ByteBuffer counter = ByteBuffer.allocateDirect(COUNTER_BYTES);
    private boolean open = true;

    WakeUp(String subject) throws LinuxException {
        fd = new Fd(
                Kernel.call("eventfd", subject, () -> Kernel.LIBC.eventfd(0, Abi.EFD_CLOEXEC | Abi.EFD_NONBLOCK)),
                subject);
    }

    Fd fd() {
        return fd;
    }

    /** Makes the descriptor readable; harmless after {@link #close}. */
    synchronized void signal() {
        if (!open) {
            return;
        }
        counter.order(ByteOrder.nativeOrder()).putLong(0, 1);
        try {
            Kernel.callLong("write", fd.toString(), () -> Kernel.LIBC.write(fd.number(), counter, COUNTER_BYTES));
        } catch (LinuxException e) {
            throw new IllegalStateException("an eventfd takes a 1 as long as it is open", e);
        }
    }

    /** Makes the descriptor unreadable again; to be called before looking at what was signalled. */
    synchronized void reset() throws LinuxException {
        try {
            Kernel.callLong("read", fd.toString(), () -> Kernel.LIBC.read(fd.number(), counter, COUNTER_BYTES));
        } catch (LinuxException e) {
            if (!e.is(Errno.EAGAIN)) {
                throw e;
            }
        }
    }

    @Override
    public synchronized void close() {
        open = false;
        fd.close();
    }
}
