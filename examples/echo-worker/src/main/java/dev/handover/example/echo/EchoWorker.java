package dev.handover.example.echo;

import dev.handover.worker.Connection;
import dev.handover.worker.TcpListener;
import dev.handover.worker.Worker;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/**
 * Sends each line back, on connections that live as long as their clients like; one thread for all. In a drain the
 * clients are told nothing: their connections live on until they close them, or until the deadline.
 */
public final class EchoWorker {
    private EchoWorker() {}

    /**
     * Serves until it has drained.
     *
     * @param args where to listen if the supervisor declares nothing, {@code tcp://127.0.0.1:7007} unless given
     */
    public static void main(String[] args) {
        try (Worker worker = Worker.join();
                TcpListener listener = worker.listen(args.length > 0 ? args[0] : "tcp://127.0.0.1:7007")) {
            serve(worker, listener);
        } catch (IOException | IllegalArgumentException e) {
            System.err.println("echo-worker: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void serve(Worker worker, TcpListener listener) throws IOException {
        try (Selector selector = Selector.open()) {
            listener.register(selector);
            worker.ready();
            while (!worker.isFinished()) {
                selector.select(worker.timeLeft().toMillis() + 1);
                Connection client;
                while ((client = listener.poll()) != null) {
                    new Session(client).register(selector);
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    if (key.attachment() instanceof Session session) {
                        session.turn(key);
                    }
                }
                selector.selectedKeys().clear();
            }
        }
    }
}
