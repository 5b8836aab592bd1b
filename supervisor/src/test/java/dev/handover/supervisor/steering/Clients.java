package dev.handover.supervisor.steering;

import dev.handover.supervisor.terms.ListenAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A light load of one short connection after the other: send a byte, read the worker's name to the end. */
final class Clients {
    /** Longer than a SYN takes, shorter than the pause before it is sent again. */
    static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(900);

    private final InetSocketAddress server;
    private final Map<String, Integer> served = new TreeMap<>();
    private final Thread thread = new Thread(this::load, "clients");
    private volatile boolean over;
    private int late;

    Clients(ListenAddress address) {
        server = new InetSocketAddress(address.address(), address.port());
        thread.start();
    }

    private void load() {
        while (!over) {
            long start = System.nanoTime();
            String name = one(server);
            late += System.nanoTime() - start > LATE_NANOS ? 1 : 0;
            served.merge(name, 1, Integer::sum);
        }
    }

    /** The worker's name, or the error. */
    static String one(InetSocketAddress server) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(20_000);
            socket.connect(server, 20_000);
            socket.getOutputStream().write('x');
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "lost: " + e;
        }
    }

    /** Whether somebody answers a client that has sent. */
    static boolean answered(SocketChannel client) {
        try {
            client.socket().setSoTimeout(20_000);
            return client.socket().getInputStream().read() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** How many each worker served, by name; ends the load. */
    Map<String, Integer> served() throws InterruptedException {
        over = true;
        thread.join();
        return served;
    }

    /** How many took as long as a SYN sent again; once the load has ended. */
    int late() {
        return late;
    }
}
