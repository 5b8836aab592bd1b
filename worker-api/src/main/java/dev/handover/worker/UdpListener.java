package dev.handover.worker;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/**
 * A bound datagram socket that shares its address with those of other workers ({@code SO_REUSEPORT}, socket(7)) and
 * that closes itself when the worker drains: not before it was seen empty after the order came, for what is queued on a
 * closing socket is lost. Used like a {@link TcpListener}: either {@link #receive}, or {@link #register} and
 * {@link #poll} until it gives null, in every turn. Answer through {@link #channel()} before the next call.
 */
public final class UdpListener implements Closeable {
    private final Intake<DatagramChannel> intake;
    private final ListenAddress address;

    private UdpListener(DatagramChannel channel, ListenAddress address, Standing standing) {
        this.intake = new Intake<>(channel, SelectionKey.OP_READ, standing, () -> {});
        this.address = address;
    }

    static UdpListener open(ListenAddress address, Standing standing) throws IOException {
        DatagramChannel channel = Opening.open(address, ListenAddress.Transport.UDP, UdpListener::channel);
        return new UdpListener(channel, address, standing);
    }

    private static DatagramChannel channel(ListenAddress address, StandardProtocolFamily family) throws IOException {
        DatagramChannel channel = DatagramChannel.open(family);
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            channel.configureBlocking(false);
            return channel.bind(address.socketAddress());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Waits for the next datagram.
     *
     * @param buffer takes the datagram; what it has no room for is lost, as in {@link DatagramChannel#receive}
     * @return the sender; null once the listener is closed, because the worker has drained it or by {@link #close()}
     * @throws java.io.InterruptedIOException if the thread is interrupted; the listener stays open
     * @throws IOException if receiving fails
     * @throws IllegalStateException if the listener is registered with a selector
     */
    public @Nullable SocketAddress receive(ByteBuffer buffer) throws IOException {
        return intake.await(() -> intake.channel().receive(buffer));
    }

    /**
     * Receives without waiting; to be called until it gives null, once in every turn of an event loop.
     *
     * @param buffer takes the datagram
     * @return the sender; null if nothing is there, or the listener is closed
     * @throws IOException if receiving fails
     */
    public @Nullable SocketAddress poll(ByteBuffer buffer) throws IOException {
        return intake.poll(() -> intake.channel().receive(buffer));
    }

    /**
     * Registers the listener for {@link SelectionKey#OP_READ}. An order to drain wakes the selector up.
     *
     * @param selector the application's; the listener remembers it, so it can be registered once only
     * @return the key; {@link SelectionKey#attach attach} what you like
     * @throws IOException if the listener is closed
     * @throws IllegalStateException if it is registered already, or {@link #receive} was called
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
     * Gives the channel, to send with. Never connect it: a connected socket changes the kernel's choice for its group.
     *
     * @return the channel, in non-blocking mode, in which it must stay
     */
    public DatagramChannel channel() {
        return intake.channel();
    }

    /**
     * Closes it at once; what is queued on it is lost. A drain needs no call of this. A second call does nothing.
     *
     * @throws IOException if closing fails
     */
    @Override
    public void close() throws IOException {
        intake.close();
    }

    /** The address that it was opened for, such as {@code udp://127.0.0.1:53}. */
    @Override
    public String toString() {
        return address.toString();
    }
}
