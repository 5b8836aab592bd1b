package dev.handover.example.http;

import dev.handover.worker.ListenAddress;
import dev.handover.worker.Worker;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A Jetty server as a worker. A drain loses no request: what is in flight is answered, with {@code Connection: close};
 * a connection that sits idle stays open for one more request, until Jetty's idle timeout or the deadline.
 */
public final class HttpWorker {
    private static final String DEFAULT_ADDRESS = "tcp://127.0.0.1:8080";
    private static final int MOST_THREADS = 16;
    private static final int WARM_UP_REQUESTS = 200;

    private HttpWorker() {}

    /**
     * Serves until it has drained; exits with 0 if no connection was left, with 1 if the deadline came first or nothing
     * could be served at all.
     *
     * @param args where to listen if the supervisor declares nothing, {@code tcp://127.0.0.1:8080} unless given
     */
    public static void main(String[] args) {
        // SIGTERM is left to the JVM, which exits at once: it comes when the drain has had its time.
        int status;
        try (Worker worker = Worker.join()) {
            serve(worker, addresses(worker, args));
            status = worker.awaitFinished() ? 0 : 1;
        } catch (Exception e) {
            System.err.println("http-worker: " + e.getMessage());
            status = 1;
        }
        System.exit(status);
    }

    private static List<ListenAddress> addresses(Worker worker, String[] args) {
        if (!worker.declared().isEmpty()) {
            return worker.declared();
        }
        return args.length == 0
                ? List.of(ListenAddress.parse(DEFAULT_ADDRESS))
                : List.of(args).stream().map(ListenAddress::parse).toList();
    }

    private static void serve(Worker worker, List<ListenAddress> addresses) throws Exception {
        QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS, 2);
        threads.setDaemon(true);
        Server server = new Server(threads);
        server.setHandler(new Greeting(worker, System.getenv().getOrDefault("GREETING", "Hello")));
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        HttpConnectionFactory protocol = new HttpConnectionFactory(http);

        LocalConnector local = new LocalConnector(server, protocol);
        server.addConnector(local);
        server.start();
        warmUp(local);

        // Only now, for a listener gets clients from the moment it is opened.
        List<ListenerConnector> connectors = new ArrayList<>();
        for (ListenAddress address : addresses) {
            connectors.add(new ListenerConnector(server, worker.listen(address), protocol));
        }
        worker.countConnections(() ->
                connectors.stream().mapToInt(ListenerConnector::connections).sum());
        for (ListenerConnector connector : connectors) {
            server.addConnector(connector);
            connector.start();
        }
        worker.ready();
    }

    /** Loads and compiles what a request runs through, out of any client's sight. */
    private static void warmUp(LocalConnector local) throws Exception {
        for (int i = 0; i < WARM_UP_REQUESTS; i++) {
            local.getResponse("GET / HTTP/1.1\r\nHost: warm-up\r\nConnection: close\r\n\r\n");
        }
        local.stop();
        local.getServer().removeConnector(local);
    }
}
