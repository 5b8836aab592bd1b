package dev.handover.supervisor.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers every request with the same lines, then ends the connection, or keeps it open and says no more. */
final class FakeSupervisor implements AutoCloseable {
    private final ServerSocketChannel listener;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<SocketChannel> kept = new CopyOnWriteArrayList<>();
    private final boolean keepsOpen;
    private final String lines;
    private final Thread accepting;

    /** @param lines with ' for " */
    FakeSupervisor(Path socket, boolean keepsOpen, String... lines) throws IOException {
        this.keepsOpen = keepsOpen;
        this.lines = String.join("\n", lines).replace('\'', '"') + (lines.length == 0 ? "" : "\n");
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        accepting = new Thread(this::acceptAll);
        accepting.setDaemon(true);
        accepting.start();
    }

    /** What was asked so far, with ' for ". */
    List<String> requests() {
        return requests;
    }

    private void acceptAll() {
        try {
            while (true) {
                SocketChannel client = listener.accept();
                BufferedReader reader = new BufferedReader(
                        new InputStreamReader(Channels.newInputStream(client), StandardCharsets.UTF_8));
                requests.add(String.valueOf(reader.readLine()).replace('"', '\''));
                client.write(ByteBuffer.wrap(lines.getBytes(StandardCharsets.UTF_8)));
                if (keepsOpen) {
                    kept.add(client);
                } else {
                    client.close();
                }
            }
        } catch (ClosedChannelException e) {
            // The test is over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the accepting thread, for an accept under way keeps the socket listening. */
    @Override
    public void close() throws IOException {
        listener.close();
        try {
            accepting.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (SocketChannel client : kept) {
            client.close();
        }
    }
}
