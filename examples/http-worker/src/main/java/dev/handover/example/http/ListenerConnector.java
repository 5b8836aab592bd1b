package dev.handover.example.http;

import dev.handover.worker.Connection;
import dev.handover.worker.TcpListener;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Serves the clients of a worker's listener. Jetty's own way to stop accepting is to close the listener, which resets
 * whoever is in its queue; so here the listener accepts, and says when a drain has emptied it.
 */
final class ListenerConnector extends ServerConnector {
    private final TcpListener listener;
    private final Set<Connection> accepted = ConcurrentHashMap.newKeySet();

    ListenerConnector(Server server, TcpListener listener, HttpConnectionFactory protocol) {
        super(server, null, null, null, 1, 1, protocol);
        this.listener = listener;
    }

    /** Nothing to open: the listener is. */
    @Override
    public void open() {}

    @Override
    public void accept(int acceptor) throws IOException {
        Connection client = listener.accept();
        if (client == null) {
            setAccepting(false);
            return;
        }
        accepted.add(client);
        SocketChannel channel = client.channel();
        try {
            channel.configureBlocking(false);
            configure(channel.socket());
            getSelectorManager().accept(channel);
        } catch (IOException | RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /**
     * Counts the connections that are open, from the moment they were accepted: Jetty counts an endpoint a little
     * later, and a drain must not end in between.
     */
    int connections() {
        accepted.removeIf(client -> !client.channel().isOpen());
        return accepted.size();
    }
}
