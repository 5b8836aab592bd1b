package dev.handover.supervisor.steering;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.ListenAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A light load of one short connection after the other, by {@code clients.py}: the kernel tells it of each SYN sent again. */
final class Clients {
    private static final String SENT_AGAIN = "SYN sent again";

    private final Process process;
    private final Map<String, Integer> served = new TreeMap<>();
    private int sentAgain;

    /** Returns once the first has been answered. */
    Clients(ListenAddress address) throws IOException {
        this(address, 1);
    }

    private Clients(ListenAddress address, int least) throws IOException {
        process = Workers.python(
                "clients.py",
                address.host().getHostAddress(),
                Integer.toString(address.port()),
                Integer.toString(least));
        assertThat(process.inputReader().readLine()).isEqualTo("started");
    }

    /** The worker's name, or the error. */
    static String one(InetSocketAddress server) {
        return one(new InetSocketAddress(0), server);
    }

    /** The same from a certain address. */
    static String one(InetSocketAddress source, InetSocketAddress server) {
        try (Socket socket = new Socket()) {
            socket.bind(source);
            socket.setSoTimeout(60_000);
            socket.connect(server, 60_000);
            socket.getOutputStream().write('x');
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "lost: " + e;
        }
    }

    /** The names that so many clients hear, one after the other. */
    static Set<String> names(ListenAddress address, int clients) {
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < clients; i++) {
            names.add(one(address.socketAddress()));
        }
        return names;
    }

    /** Whether somebody answers a client that has sent. */
    static boolean answered(SocketChannel client) {
        try {
            client.socket().setSoTimeout(60_000);
            return client.socket().getInputStream().read() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** How many each worker served, by name; ends the load. */
    Map<String, Integer> served() throws IOException {
        process.outputWriter().close();
        process.inputReader()
                .lines()
                .map(line -> line.split(" ", 2))
                .forEach(line -> served.put(line[1], Integer.valueOf(line[0])));
        sentAgain = requireNonNull(served.remove(SENT_AGAIN));
        return served;
    }

    /** How many SYNs of so many clients, one after the other, were sent again. */
    static int sentAgain(ListenAddress address, int clients) throws IOException {
        Clients all = new Clients(address, clients);
        all.served();
        return all.sentAgain();
    }

    /** How many SYNs were sent again, each a second late; once the load has ended. */
    int sentAgain() {
        return sentAgain;
    }
}
