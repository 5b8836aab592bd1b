package dev.handover.chaos.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** One connection of the client: its socket, and how far its conversation has come. */
final class Connection implements AutoCloseable {
    enum Phase {
        CONNECTING,
        /** A reply is awaited; the request may not have left whole yet. */
        AWAITING_REPLY,
        /** Nothing is awaited: kept alive for another request, or between the lines of mode long. */
        IDLE,
        /** The attempt has ended; the server has yet to close. */
        LINGERING,
        CLOSED
    }

    final long begunAt;
    /** Its own end, as the server sees it; empty until it has one. */
    String client;
    /** The one it serves, or served last. */
    Attempt attempt;

    Phase phase = Phase.CONNECTING;
    /** When the present phase has lasted too long. */
    long deadline;
    /** When the reply awaited was due to be asked for. */
    long askedAt;
    /** In mode long: when the next line, or the end, is due. */
    long wakeAt;
    /** In mode long: when its own end comes. */
    long endsAt;
    /** Lines sent in mode long, requests answered in mode keepalive. */
    int turns;

    private final SocketChannel channel;
    private final SelectionKey key;
    private @Nullable ByteBuffer request;
    private @Nullable Reply reply;

    /** Takes ownership of the channel. */
    Connection(SocketChannel channel, Selector selector, Attempt attempt, long begunAt) throws IOException {
        this.channel = channel;
        this.attempt = attempt;
        this.begunAt = begunAt;
        this.client = text((InetSocketAddress) channel.getLocalAddress()); // null unless bound to one
        this.key = channel.register(selector, SelectionKey.OP_CONNECT, this);
    }

    private static String text(@Nullable InetSocketAddress address) {
        return address == null ? "" : address.getAddress().getHostAddress() + " " + address.getPort();
    }

    /** Completes the connection; false while it is not established. */
    boolean finishConnect() throws IOException {
        boolean connected = channel.isConnected() || channel.finishConnect();
        if (connected) {
            client = text((InetSocketAddress) channel.getLocalAddress());
        }
        return connected;
    }

    /** Begins to await the reply, after the request has been sent if there is one. */
    void await(@Nullable ByteBuffer newRequest, Reply newReply) throws IOException {
        phase = Phase.AWAITING_REPLY;
        request = newRequest;
        reply = newReply;
        key.interestOps(SelectionKey.OP_READ);
        send();
    }

    Reply reply() {
        if (reply == null) {
            throw new IllegalStateException("no reply is awaited while " + phase);
        }
        return reply;
    }

    boolean isReadable() {
        return key.isValid() && key.isReadable();
    }

    boolean isWritable() {
        return key.isValid() && key.isWritable();
    }

    void send() throws IOException {
        if (request == null) {
            return;
        }
        channel.write(request);
        if (request.hasRemaining()) {
            key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        } else {
            request = null;
            key.interestOps(SelectionKey.OP_READ);
        }
    }

    /** Fills the buffer, cleared before and flipped after; -1 at the end of the stream. */
    int receive(ByteBuffer buffer) throws IOException {
        buffer.clear();
        int count = channel.read(buffer);
        buffer.flip();
        return count;
    }

    @Override
    public void close() {
        phase = Phase.CLOSED;
        try {
            channel.close();
        } catch (IOException e) {
            // Close gives an error only of a socket that is gone; the attempt's outcome is known by now.
        }
    }
}
