package dev.handover.worker;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A connection that a {@link TcpListener} accepted. It counts as open until {@link #close()}: the supervisor shows the
 * number, and a draining worker is finished when it is 0. Closing the channel alone does not count it out.
 */
public final class Connection implements Closeable {
    private final SocketChannel channel;
    private final Standing standing;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Connection(SocketChannel channel, Standing standing) {
        this.channel = channel;
        this.standing = standing;
        standing.connectionOpened();
    }

    /**
     * Gives the channel to the client.
     *
     * @return the channel, in blocking mode as it was accepted; {@code channel().socket()} has the streams
     */
    public SocketChannel channel() {
        return channel;
    }

    /**
     * Closes the channel and counts the connection out. A second call does nothing.
     *
     * @throws IOException if closing fails; it is counted out all the same
     */
    @Override
    public void close() throws IOException {
        if (open.compareAndSet(true, false)) {
            try {
                channel.close();
            } finally {
                standing.connectionClosed();
            }
        }
    }
}
