package dev.handover.worker.example;

import dev.handover.worker.Connection;
import dev.handover.worker.TcpListener;
import dev.handover.worker.Worker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/** Sends back what it gets, all on one thread. */
public final class SelectorServer {
    private final ByteBuffer buffer = ByteBuffer.allocate(8192);

    public static void main(String[] args) throws IOException {
        try (Worker worker = Worker.join();
                TcpListener listener = worker.listen("tcp://127.0.0.1:7007")) {
            new SelectorServer().serve(worker, listener);
        } // says that it is done
    }

    public void serve(Worker worker, TcpListener listener) throws IOException {
        try (Selector selector = Selector.open()) {
            listener.register(selector); // a DRAIN wakes the selector up, too
            worker.ready();
            while (!worker.isFinished()) {
                selector.select(worker.timeLeft().toMillis() + 1);
                Connection client;
                while ((client = listener.poll()) != null) { // once in every turn, whatever was selected
                    client.channel().configureBlocking(false);
                    client.channel().register(selector, SelectionKey.OP_READ, client);
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    if (key.attachment() instanceof Connection ready) {
                        echo(ready);
                    }
                }
                selector.selectedKeys().clear();
            }
        }
    }

    private void echo(Connection client) throws IOException {
        int read = client.channel().read(buffer.clear());
        for (buffer.flip(); read > 0 && buffer.hasRemaining(); ) { // a server of use would wait for OP_WRITE
            client.channel().write(buffer);
        }
        if (read < 0) {
            client.close();
        }
    }
}
