package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A reuseport group of this process's own sockets, each held as a worker's would be, in the order of their indices. */
final class TestGroup implements AutoCloseable {
    private final Kind kind;
    private final SockDiag sockets = new SockDiag();
    private final List<NetworkChannel> workers = new ArrayList<>();
    private final List<HeldListener> held = new ArrayList<>();
    private int port;

    TestGroup(Kind kind, int size) throws IOException {
        this(kind, size, 0);
    }

    /** @param port 0 for any */
    TestGroup(Kind kind, int size, int port) throws IOException {
        this.kind = kind;
        this.port = port;
        for (int i = 0; i < size; i++) {
            join();
        }
    }

    /** A newcomer, behind the others. */
    HeldListener join() throws IOException {
        NetworkChannel worker = kind.transport == Transport.TCP
                ? ServerSocketChannel.open(kind.family())
                : DatagramChannel.open(kind.family());
        worker.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        InetSocketAddress at = new InetSocketAddress(kind.host(), port);
        if (worker instanceof ServerSocketChannel tcp) {
            tcp.bind(at, 1000).configureBlocking(false);
        } else {
            ((DatagramChannel) worker).bind(at).configureBlocking(false);
        }
        port = ((InetSocketAddress) worker.getLocalAddress()).getPort();
        workers.add(worker);
        HeldListener listener = HeldListener.hold(found(), address());
        held.add(listener);
        return listener;
    }

    /** The one socket at the address that isn't held yet. */
    private OwnedSocket found() throws IOException {
        long self = ProcessHandle.current().pid();
        SocketRow row = sockets.listeners(address()).stream()
                .filter(one -> held.stream().noneMatch(known -> known.socket().inode() == one.inode()))
                .findFirst()
                .orElseThrow();
        return new OwnedSocket(
                row, self, ProcessSockets.held(self, List.of(row.inode())).getOrDefault(row.inode(), -1));
    }

    /** Closes a member for good, the worker's descriptor and the held one. The last member takes its place. */
    void leave(int index) throws IOException {
        workers.get(index).close();
        held.get(index).close();
        moveLastTo(index, workers);
        moveLastTo(index, held);
    }

    private static <T> void moveLastTo(int index, List<T> list) {
        T last = list.remove(list.size() - 1);
        if (index < list.size()) {
            list.set(index, last);
        }
    }

    int size() {
        return held.size();
    }

    int port() {
        return port;
    }

    ListenAddress address() {
        return kind.address(port);
    }

    HeldListener held(int index) {
        return held.get(index);
    }

    SockDiag sockets() {
        return sockets;
    }

    ServerSocketChannel worker(int index) {
        return (ServerSocketChannel) workers.get(index);
    }

    /** How many of that many new connections, or datagrams of as many new flows, each member gets. */
    List<Integer> served(int clients) throws IOException {
        List<AutoCloseable> open = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            open.add(client());
        }
        List<Integer> counts = new ArrayList<>();
        for (NetworkChannel worker : workers) {
            counts.add(takeAll(worker));
        }
        for (AutoCloseable one : open) {
            try {
                one.close();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
        return counts;
    }

    private AutoCloseable client() throws IOException {
        InetSocketAddress server = new InetSocketAddress(kind.clientAddress(), port);
        if (kind.transport == Transport.TCP) {
            return SocketChannel.open(server);
        }
        DatagramChannel client = DatagramChannel.open(kind.clientFamily());
        client.send(ByteBuffer.wrap(new byte[] {'x'}), server);
        return client;
    }

    private static int takeAll(NetworkChannel worker) throws IOException {
        int count = 0;
        if (worker instanceof ServerSocketChannel tcp) {
            for (SocketChannel one = tcp.accept(); one != null; one = tcp.accept()) {
                one.close();
                count++;
            }
            return count;
        }
        while (((DatagramChannel) worker).receive(ByteBuffer.allocate(1)) != null) {
            count++;
        }
        return count;
    }

    /** What the datagrams of a UDP member hold, all that wait. */
    List<Integer> payloads(int index) throws IOException {
        List<Integer> payloads = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES);
        while (((DatagramChannel) workers.get(index)).receive(buffer) != null) {
            payloads.add(buffer.getInt(0));
            buffer.clear();
        }
        return payloads;
    }

    @Override
    public void close() throws IOException {
        for (NetworkChannel worker : workers) {
            worker.close();
        }
        held.forEach(HeldListener::close);
        sockets.close();
    }
}
