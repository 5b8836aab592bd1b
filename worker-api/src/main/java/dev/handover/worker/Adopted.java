package dev.handover.worker;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A dead worker's listener, from which a listener of this worker's accepts beside its own queue. A thread waits for clients
 * in its stead, and accepts none: whoever is not wanted here any more stays in the queue for others.
 */
final class Adopted implements Closeable {
    private static final System.Logger LOG = System.getLogger("dev.handover.worker");

    private final Adopter.Orphan orphan;
    private final ServerSocketChannel channel;
    private final Runnable wakeup;
    private final Selector selector;
    private final SelectionKey key;

    /** @param wakeup has {@link #accept} called soon */
    Adopted(Adopter.Orphan orphan, Runnable wakeup) throws IOException {
        this.orphan = orphan;
        this.channel = orphan.channel();
        this.wakeup = wakeup;
        channel.configureBlocking(false);
        selector = Selector.open();
        try {
            key = channel.register(selector, SelectionKey.OP_ACCEPT);
        } catch (IOException | RuntimeException e) {
            selector.close();
            throw e;
        }
    }

    void start() {
        Thread thread = new Thread(this::watch, "handover-adopted " + orphan.address());
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        try {
            while (channel.isOpen()) {
                if (selector.select() > 0) {
                    selector.selectedKeys().clear();
                    // Until it was seen empty: who has no time for more clients isn't woken all the time.
                    key.interestOps(0);
                    wakeup.run();
                }
            }
        } catch (ClosedSelectorException | CancelledKeyException e) {
            // It has been closed.
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "a dead worker's listener at " + orphan.address() + " is let go of",
                    e);
            close();
        }
    }

    /** Accepts without waiting; null where nobody is there, or it is closed, as it is from the moment that it is over. */
    @Nullable
    SocketChannel accept() throws IOException {
        try {
            SocketChannel client = channel.accept();
            if (client == null && key.interestOps() == 0) {
                key.interestOps(SelectionKey.OP_ACCEPT);
                selector.wakeup();
            }
            return client;
        } catch (ClosedChannelException | CancelledKeyException e) {
            return null;
        } catch (IOException e) {
            if (!orphan.isOver()) {
                throw e;
            }
            close();
            return null;
        }
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** Lets go of it; whoever is in its queue stays there. */
    @Override
    public void close() {
        try (selector) { // Deregisters the channel, which lets go of the kernel's socket here and now.
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "closing a dead worker's listener failed", e);
        }
    }
}
