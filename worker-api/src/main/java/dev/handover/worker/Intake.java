package dev.handover.worker;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Takes from a listener until it is empty and the worker drains, then closes it: the part that TCP and UDP share.
 *
 * <p>The trap: a channel that is registered with a selector and closed stays open in the kernel until that selector's
 * next select. So a listener in an application's selector is deregistered first, by that very select, and closed
 * after one more look at its queue.
 */
final class Intake<C extends SelectableChannel> implements Closeable {
    private final C channel;
    private final int interest;
    private final Standing standing;
    private final Runnable closing;
    private final ReentrantLock taking = new ReentrantLock();
    private volatile @Nullable Selector own;
    private volatile @Nullable Selector applications;
    private volatile @Nullable SelectionKey key;

    /** Takes one thing without waiting; null where there is none. */
    interface Take<T> {
        @Nullable
        T now() throws IOException;
    }

    /** @param closing closes what is taken from besides the channel */
    Intake(C channel, int interest, Standing standing, Runnable closing) {
        this.channel = channel;
        this.interest = interest;
        this.standing = standing;
        this.closing = closing;
        standing.opened(this);
    }

    C channel() {
        return channel;
    }

    /** Waits for something to take; null once the listener is closed, because it has drained or by anyone's hand. */
    <T> @Nullable T await(Take<T> take) throws IOException {
        taking.lock();
        try {
            Selector selector = ownSelector();
            while (channel.isOpen()) {
                T taken = takeOrStop(take);
                if (taken != null) {
                    return taken;
                }
                if (channel.isOpen()) {
                    selector.select();
                    selector.selectedKeys().clear();
                }
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("interrupted while waiting for a client; the listener stays open");
                }
            }
            return null;
        } catch (ClosedChannelException | ClosedSelectorException e) {
            return null;
        } finally {
            taking.unlock();
        }
    }

    /** Takes without waiting; null where nothing is there or the listener is closed. */
    <T> @Nullable T poll(Take<T> take) throws IOException {
        taking.lock();
        try {
            return channel.isOpen() ? takeOrStop(take) : null;
        } catch (ClosedChannelException e) {
            return null;
        } finally {
            taking.unlock();
        }
    }

    private <T> @Nullable T takeOrStop(Take<T> take) throws IOException {
        // Read before taking: the queue must have been seen empty after the order came.
        boolean draining = standing.isDraining();
        T taken = take.now();
        if (taken == null && draining) {
            stop();
        }
        return taken;
    }

    private void stop() throws IOException {
        SelectionKey registered = key;
        Selector selector = applications;
        if (registered != null && selector != null && selector.isOpen() && channel.isRegistered()) {
            registered.cancel();
            selector.wakeup();
        } else {
            close();
        }
    }

    SelectionKey register(Selector selector) throws IOException {
        if (own != null || applications != null) {
            throw new IllegalStateException("a listener is either waited on, or registered with one selector, once");
        }
        applications = selector;
        SelectionKey registered = channel.register(selector, interest);
        key = registered;
        return registered;
    }

    private Selector ownSelector() throws IOException {
        if (applications != null) {
            throw new IllegalStateException("this listener is registered with a selector; poll it instead");
        }
        Selector selector = own;
        if (selector == null) {
            selector = Selector.open();
            own = selector;
            try {
                channel.register(selector, interest);
            } catch (ClosedChannelException e) {
                selector.close();
                throw e;
            }
        }
        return selector;
    }

    /** Has the one who waits look again. */
    void wakeup() {
        for (Selector selector : new @Nullable Selector[] {own, applications}) {
            if (selector != null) {
                selector.wakeup();
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            Selector selector = own;
            if (selector != null) {
                selector.close(); // Deregisters the channel, which lets go of the kernel's socket here and now.
            }
            closing.run();
            wakeup();
            standing.closed(this);
        }
    }
}
