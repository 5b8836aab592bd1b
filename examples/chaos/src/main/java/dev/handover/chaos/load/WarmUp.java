package dev.handover.chaos.load;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A short load against a server of our own, in this process, thrown away: it has the JVM load and compile what the real
 * one needs. Without it the client begins hundreds of milliseconds late, and takes as long to catch up.
 */
public final class WarmUp {
    private static final double RATE = 4000;
    private static final Duration DURATION = Duration.ofMillis(800);
    private static final int BACKLOG = 1024;
    private static final byte[] REPLY = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-Worker: warm-up/g1/w1/1\r\n\r\nhi\n"
            .getBytes(StandardCharsets.US_ASCII);

    private static final AtomicBoolean DONE = new AtomicBoolean();

    private WarmUp() {}

    /**
     * Does nothing when it was done in this JVM before.
     *
     * @throws IOException if there is no loopback to listen on
     */
    public static void once() throws IOException {
        if (!DONE.compareAndSet(false, true)) {
            return;
        }
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        try (ServerSocket listener = new ServerSocket(0, BACKLOG, loopback)) {
            Thread server = new Thread(() -> serve(listener), "warm-up");
            server.setDaemon(true);
            server.start();
            Target target = new Target(loopback.getHostAddress(), listener.getLocalPort());
            Load.run(LoadOptions.of(target, Mode.HTTP, RATE, DURATION)
                    .withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(1)));
        }
    }

    private static void serve(ServerSocket listener) {
        byte[] request = new byte[4096];
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                InputStream in = socket.getInputStream();
                if (in.read(request) > 0) {
                    socket.getOutputStream().write(REPLY);
                }
            } catch (IOException e) {
                // The listener was closed, or a client was: the loop's condition tells.
            }
        }
    }
}
