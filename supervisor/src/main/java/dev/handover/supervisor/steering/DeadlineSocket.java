package dev.handover.supervisor.steering;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/** A socket whose reads end at a deadline, also the many that one of TLS may take, however little each of them brings. */
final class DeadlineSocket extends Socket {
    private final long deadline;

    /** @param deadline by {@link System#nanoTime} */
    DeadlineSocket(long deadline) {
        this.deadline = deadline;
    }

    /** @throws SocketTimeoutException if its time is over */
    int millisLeft() throws SocketTimeoutException {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (millis <= 0) {
            throw new SocketTimeoutException("its time is over");
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new FilterInputStream(super.getInputStream()) {
            @Override
            public int read() throws IOException {
                setSoTimeout(millisLeft());
                return super.read();
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                setSoTimeout(millisLeft());
                return super.read(into, offset, length);
            }
        };
    }
}
