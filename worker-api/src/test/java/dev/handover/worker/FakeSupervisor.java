package dev.handover.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The supervisor's side of the worker protocol, on a real Unix socket, for one worker at a time. */
public final class FakeSupervisor implements AutoCloseable {
    private final Path path;
    private @Nullable ServerSocketChannel server;
    private @Nullable SocketChannel worker;
    private @Nullable BufferedReader lines;

    public FakeSupervisor(Path folder) throws IOException {
        path = folder.resolve("worker.sock");
        listen();
    }

    public void listen() throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
    }

    /** What a worker started by this supervisor finds in its environment. */
    public Map<String, String> environment(String listen) {
        return Map.of(
                "HANDOVER_SOCKET", path.toString(),
                "HANDOVER_SERVICE", "web",
                "HANDOVER_GENERATION", "7",
                "HANDOVER_WORKER", "1",
                "HANDOVER_LISTEN", listen);
    }

    /** Waits for the worker to connect, and hears its HELLO. */
    public void accept() throws IOException {
        worker = server.accept();
        lines = new BufferedReader(Channels.newReader(worker, UTF_8));
        String hello = hear();
        if (!hello.equals("HELLO=1")) {
            throw new AssertionError("expected a HELLO, heard " + hello);
        }
    }

    /** {@link #accept()}, and answers the HELLO. */
    public FakeSupervisor greet() throws IOException {
        accept();
        say("HELLO=1");
        return this;
    }

    public void say(String line) throws IOException {
        sayBytes((line + "\n").getBytes(UTF_8));
    }

    public void sayBytes(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            worker.write(buffer);
        }
    }

    /** The worker's next line; END once it has closed the connection. */
    public String hear() {
        try {
            String line = lines.readLine();
            return line == null ? "END" : line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every line up to this one, with it; fails where the worker ends before. */
    public List<String> hearUpTo(String last) {
        List<String> heard = new ArrayList<>();
        while (heard.isEmpty() || !heard.get(heard.size() - 1).equals(last)) {
            heard.add(hear());
            if (heard.contains("END") && !last.equals("END")) {
                throw new AssertionError("the worker ended without " + last + "; it said " + heard);
            }
        }
        return heard;
    }

    /** Goes away as a supervisor that dies: connection, socket and file. */
    public void die() throws IOException {
        if (worker != null) {
            worker.close();
        }
        server.close();
        Files.deleteIfExists(path);
    }

    @Override
    public void close() throws IOException {
        die();
    }
}
