package dev.handover.worker.example;

import dev.handover.worker.Connection;
import dev.handover.worker.TcpListener;
import dev.handover.worker.Worker;
import java.io.IOException;

/** Sends back what it gets, with a thread for each connection. */
public final class BlockingServer {
    private BlockingServer() {}

    public static void main(String[] args) throws Exception {
        try (Worker worker = Worker.join();
                TcpListener listener = worker.listen("tcp://127.0.0.1:7007")) {
            serve(worker, listener);
        } // says that it is done
    }

    public static void serve(Worker worker, TcpListener listener) throws IOException, InterruptedException {
        worker.ready();
        Connection client;
        while ((client = listener.accept()) != null) { // null: the worker drains, and nobody is left in the queue
            startEcho(client);
        }
        worker.awaitFinished(); // until no connection is left, or the deadline
    }

    private static void startEcho(Connection client) {
        Thread thread = new Thread(() -> echo(client));
        thread.setDaemon(true);
        thread.start();
    }

    private static void echo(Connection client) {
        try (client) {
            client.channel()
                    .socket()
                    .getInputStream()
                    .transferTo(client.channel().socket().getOutputStream());
        } catch (IOException e) {
            // The client went away, and with it the only one to tell.
        }
    }
}
