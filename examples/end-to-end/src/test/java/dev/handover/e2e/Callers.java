package dev.handover.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Clients of an echo server, each with one short connection after the other, so that one at most is lost with a worker. */
final class Callers {
    private static final int PATIENCE_MILLIS = 20_000;

    private final int port;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong served = new AtomicLong();
    private final Queue<String> lost = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    Callers(int count, int port) {
        this.port = port;
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
                socket.getOutputStream().write('\n');
                if (socket.getInputStream().read() == '\n') {
                    served.incrementAndGet();
                } else {
                    lost.add("closed without a reply");
                }
            } catch (IOException e) {
                lost.add(String.valueOf(e.getMessage()));
            }
        }
    }

    /** Waits until so many more connections have been served. */
    void awaitServed(int more) {
        long before = served.get();
        await().atMost(Duration.ofSeconds(20)).until(() -> served.get() >= before + more);
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
