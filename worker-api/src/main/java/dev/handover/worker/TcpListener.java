package dev.handover.worker;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A listening socket that shares its address with the listeners of other workers ({@code SO_REUSEPORT}, socket(7)) and
 * that closes itself when the worker drains: not before its accept queue was seen empty after the order came, for the
 * kernel resets what a listener still holds when it closes.
 *
 * <p>Use it in one of two ways: {@link #accept()} from any number of threads, or {@link #register(Selector)} with a
 * selector of the application's and {@link #poll()}. A draining worker that does neither never stops accepting.
 */
public final class TcpListener implements Closeable {
    /** More than any kernel's default net.core.somaxconn, which the kernel cuts it down to (listen(2)). */
    private static final int BACKLOG = 4096;

    private final Intake<ServerSocketChannel> intake;
    private final Standing standing;
    private final ListenAddress address;
    private final int port;
    private final Set<Adopted> adopted = ConcurrentHashMap.newKeySet();

    private TcpListener(ServerSocketChannel channel, int port, ListenAddress address, Standing standing) {
        this.intake = new Intake<>(channel, SelectionKey.OP_ACCEPT, standing, () -> adopted.forEach(Adopted::close));
        this.port = port;
        this.standing = standing;
        this.address = address;
    }

    static TcpListener open(ListenAddress address, Standing standing) throws IOException {
        ServerSocketChannel channel = Opening.open(address, ListenAddress.Transport.TCP, TcpListener::channel);
        return new TcpListener(channel, channel.socket().getLocalPort(), address, standing);
    }

    private static ServerSocketChannel channel(ListenAddress address, StandardProtocolFamily family)
            throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(family);
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            channel.configureBlocking(false);
            return channel.bind(address.socketAddress(), BACKLOG);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Waits for the next client.
     *
     * @return the connection; null once the listener is closed: the worker drains and the queue is empty, or
     *     {@link #close()} was called. Nothing more comes after a null.
     * @throws java.io.InterruptedIOException if the thread is interrupted; the listener stays open
     * @throws IOException if accepting fails, as it does when descriptors run out (accept(2)); the listener stays open
     *     and the client in the queue, so call again once there is room
     * @throws IllegalStateException if the listener is registered with a selector
     */
    public @Nullable Connection accept() throws IOException {
        return intake.await(this::take);
    }

    /**
     * Accepts without waiting. An event loop calls it until it gives null, once in every turn: after an order to drain
     * it takes one more turn to leave the selector and to close, because the kernel's socket of a channel that is
     * closed within a selector lives on until the next select.
     *
     * @return the connection; null if nobody is in the queue, or the listener is closed
     * @throws IOException if accepting fails; the listener stays open
     */
    public @Nullable Connection poll() throws IOException {
        return intake.poll(this::take);
    }

    private @Nullable Connection take() throws IOException {
        for (Adopted one : adopted) {
            SocketChannel client = one.accept();
            if (client != null) {
                return new Connection(client, standing);
            }
        }
        adopted.removeIf(one -> !one.isOpen());
        SocketChannel client = intake.channel().accept();
        return client == null ? null : new Connection(client, standing);
    }

    /** Whether the clients of that address are this listener's. */
    boolean isAt(ListenAddress other) {
        return other.equals(new ListenAddress(address.transport(), address.address(), port, address.dualStack()));
    }

    /** Accepts from a dead worker's listener, too, until that is over, or this one closes; false if it has closed. */
    boolean adopt(Adopter.Orphan orphan) throws IOException {
        Adopted one = new Adopted(orphan, intake::wakeup);
        adopted.add(one);
        if (!isOpen()) {
            one.close();
            return false;
        }
        one.start();
        return true;
    }

    /**
     * Registers the listener for {@link SelectionKey#OP_ACCEPT}. An order to drain wakes the selector up.
     *
     * @param selector the application's; the listener remembers it, so it can be registered once only
     * @return the key; {@link SelectionKey#attach attach} what you like
     * @throws IOException if the listener is closed
     * @throws IllegalStateException if it is registered already, or {@link #accept()} was called
     */
    public SelectionKey register(Selector selector) throws IOException {
        return intake.register(selector);
    }

    /**
     * Says where clients find it.
     *
     * @return the bound address, with the port that the kernel chose where it was asked to
     * @throws IOException if the listener is closed
     */
    public InetSocketAddress localAddress() throws IOException {
        return (InetSocketAddress) intake.channel().getLocalAddress();
    }

    /**
     * Gives the channel, for a framework that wants to know it. It is in non-blocking mode and must stay so.
     *
     * @return the channel; accept with {@link #accept()} or {@link #poll()}, or the queue may be cut off in a drain
     */
    public ServerSocketChannel channel() {
        return intake.channel();
    }

    /**
     * Says whether it still listens.
     *
     * @return false once it is closed
     */
    public boolean isOpen() {
        return intake.channel().isOpen();
    }

    /**
     * Closes it at once; the kernel resets whoever is in its queue. A drain needs no call of this. A second call does
     * nothing.
     *
     * @throws IOException if closing fails
     */
    @Override
    public void close() throws IOException {
        intake.close();
    }

    /** The address that it was opened for, such as {@code tcp://127.0.0.1:8080}. */
    @Override
    public String toString() {
        return address.toString();
    }
}
