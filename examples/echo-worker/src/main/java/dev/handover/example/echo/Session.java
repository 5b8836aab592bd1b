package dev.handover.example.echo;

import dev.handover.worker.Connection;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/** One client: reads until a line is whole, sends it back, and reads on once all of it is sent. */
final class Session {
    /** The longest line, its newline included; a client that sends a longer one is disconnected. */
    private static final int LONGEST_LINE = 8192;

    private final Connection client;
    /** From 0 to {@link #sendable} whole lines, then the beginning of the next one. */
    private final ByteBuffer lines = ByteBuffer.allocate(LONGEST_LINE);

    private int sendable;
    private boolean ended;

    Session(Connection client) {
        this.client = client;
    }

    void register(Selector selector) throws IOException {
        client.channel().configureBlocking(false);
        client.channel().setOption(StandardSocketOptions.TCP_NODELAY, true);
        client.channel().register(selector, SelectionKey.OP_READ, this);
    }

    /** Does what can be done without waiting. A client that breaks off harms no other. */
    void turn(SelectionKey key) throws IOException {
        try {
            if (key.isReadable()) {
                read();
            }
            send();
            if (sendable == 0 && (ended || !lines.hasRemaining())) {
                client.close();
            } else {
                key.interestOps(sendable > 0 ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
            }
        } catch (IOException e) {
            client.close();
        }
    }

    private void read() throws IOException {
        ended = client.channel().read(lines) < 0;
        for (int i = lines.position() - 1; i >= sendable; i--) {
            if (lines.get(i) == '\n') {
                sendable = i + 1;
                return;
            }
        }
    }

    private void send() throws IOException {
        if (sendable > 0) {
            int end = lines.position();
            lines.position(0).limit(sendable);
            int sent = client.channel().write(lines);
            lines.limit(end).compact();
            sendable -= sent;
        }
    }
}
