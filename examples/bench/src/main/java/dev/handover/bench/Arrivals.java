package dev.handover.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTTP requests that come at a steady rate, each on a connection of its own, however long those before it take: an open loop. */
final class Arrivals implements AutoCloseable {
    private static final int CLIENTS = 16;
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern WORKER = Pattern.compile("^X-Worker: (\\S+)", Pattern.MULTILINE);

    private final int port;
    private final long begin = System.nanoTime();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(CLIENTS);
    private final List<Future<Arrival>> arrivals = new ArrayList<>();

    /**
     * One request.
     *
     * @param due when it was to be sent, in seconds since the first
     * @param millis from then to its answer's end
     * @param worker who answered
     */
    record Arrival(double due, double millis, String worker) {}

    /** Begins at once. */
    Arrivals(int port, double rate, double seconds) {
        this.port = port;
        for (long i = 0; i < rate * seconds; i++) {
            double due = i / rate;
            long wait = begin + (long) (due * 1e9) - System.nanoTime();
            arrivals.add(threads.schedule(() -> arrive(due), wait, TimeUnit.NANOSECONDS));
        }
    }

    /** Seconds since the first. */
    double now() {
        return (System.nanoTime() - begin) / 1e9;
    }

    private Arrival arrive(double due) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            socket.getOutputStream().write(REQUEST);
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            double millis = (now() - due) * 1e3;
            Matcher worker = WORKER.matcher(answer);
            if (!answer.startsWith("HTTP/1.1 200") || !worker.find()) {
                throw new IOException("the server said '" + answer + "'");
            }
            return new Arrival(due, millis, worker.group(1));
        }
    }

    /** Waits for the last answer. */
    List<Arrival> all() throws IOException, InterruptedException {
        List<Arrival> all = new ArrayList<>();
        for (Future<Arrival> one : arrivals) {
            try {
                all.add(one.get());
            } catch (ExecutionException e) {
                throw new IOException("a request failed: " + e.getCause(), e.getCause());
            }
        }
        return all;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
