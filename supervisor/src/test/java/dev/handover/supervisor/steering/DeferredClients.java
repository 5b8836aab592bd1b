package dev.handover.supervisor.steering;

import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.terms.ListenAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Clients of listeners with TCP_DEFER_ACCEPT: their handshakes stay in flight until they send. */
final class DeferredClients implements AutoCloseable {
    private final List<SocketChannel> clients = new ArrayList<>();

    DeferredClients(ListenAddress address, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            clients.add(SocketChannel.open(new InetSocketAddress(address.address(), address.port())));
        }
        try (SockDiag sockets = new SockDiag()) {
            await().until(() -> inFlight(sockets, address) >= count);
        }
    }

    /** To whichever family's listener they came. */
    private static int inFlight(SockDiag sockets, ListenAddress address) throws LinuxException {
        int inFlight = 0;
        for (ListenAddress group : address.groups().toList()) {
            inFlight += sockets.handshakes(group).size();
        }
        return inFlight;
    }

    void sendAll() throws IOException {
        for (SocketChannel client : clients) {
            client.write(ByteBuffer.wrap(new byte[] {'x'}));
        }
    }

    /** How many get an answer that ends well. */
    int answered() {
        return (int) clients.stream().filter(Clients::answered).count();
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel client : clients) {
            client.close();
        }
    }
}
