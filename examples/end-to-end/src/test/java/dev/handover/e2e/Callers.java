package dev.handover.e2e;

import static org.awaitility.Awaitility.await;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Clients of a server, each with one short connection after the other, so that one at most is lost with a worker. */
final class Callers {
    private static final int PATIENCE_MILLIS = 60_000;
    /** Between two connections of one: those who only want to be many leave no CPU to what is tested. */
    private static final long PACE_NANOS = Duration.ofMillis(4).toNanos();

    private final int port;
    private final List<Exchange> conversation;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong served = new AtomicLong();
    private final Queue<String> lost = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    /**
     * What a client says, and hears.
     *
     * @param ask a byte for each of its characters; empty where the server speaks first
     * @param answer what the reply ends in, and has nowhere else
     */
    record Exchange(String ask, String answer) {}

    /** Of an echo server. */
    Callers(int count, int port) {
        this(count, port, List.of(new Exchange("\n", "\n")));
    }

    /** @param conversation what is said on each connection, before the client closes it */
    Callers(int count, int port, List<Exchange> conversation) {
        this.port = port;
        this.conversation = List.copyOf(conversation);
        for (int number = 1; number <= count; number++) {
            Thread thread = new Thread(this::call, "caller-" + number);
            threads.add(thread);
            thread.start();
        }
    }

    private void call() {
        while (!over) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(PATIENCE_MILLIS);
                InputStream in = new BufferedInputStream(socket.getInputStream());
                for (Exchange exchange : conversation) {
                    socket.getOutputStream().write(exchange.ask().getBytes(StandardCharsets.ISO_8859_1));
                    hear(in, exchange.answer());
                }
                served.incrementAndGet();
            } catch (IOException e) {
                lost.add(String.valueOf(e.getMessage()));
            }
            LockSupport.parkNanos(PACE_NANOS);
        }
    }

    private static void hear(InputStream in, String answer) throws IOException {
        StringBuilder heard = new StringBuilder();
        while (heard.lastIndexOf(answer) < 0) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("closed after '" + heard + "'");
            }
            heard.append((char) next);
        }
    }

    /** Waits until so many more connections have been served. */
    void awaitServed(int more) {
        long before = served.get();
        await().atMost(Duration.ofMinutes(2)).until(() -> served.get() >= before + more);
    }

    /** One line for each connection that was refused, reset, or not answered; complete once they have ended. */
    List<String> lost() {
        return List.copyOf(lost);
    }

    /** Ends them, each after its last connection's end. */
    void end() throws InterruptedException {
        over = true;
        for (Thread one : threads) {
            one.join();
        }
    }
}
