package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.linux.ListenerProbe;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A reuseport group of this process's own sockets, each held as a worker's would be. */
final class OwnGroup implements AutoCloseable {
    /** A socket, and the duplicate that stands for what the supervisor holds. */
    record Pair(NetworkChannel worker, HeldListener held) {
        void close() throws IOException {
            worker.close();
            held.close();
        }

        /** How many clients wait in it; takes them. */
        int takeAll() throws IOException {
            int count = 0;
            if (worker instanceof ServerSocketChannel tcp) {
                for (SocketChannel one = tcp.accept(); one != null; one = tcp.accept()) {
                    one.close();
                    count++;
                }
            } else {
                while (((DatagramChannel) worker).receive(ByteBuffer.allocate(8)) != null) {
                    count++;
                }
            }
            return count;
        }
    }

    private final SockDiag sockets = new SockDiag();
    private final String form;
    private final List<Pair> pairs = new ArrayList<>();
    /** The cookies of all that ever joined. */
    private final Set<Long> known = new HashSet<>();

    private ListenAddress address;

    /** @param form such as {@code tcp://127.0.0.1:%d} */
    OwnGroup(String form) throws IOException {
        this.form = form;
        this.address = ListenAddress.parse(form.formatted(1));
    }

    Pair join() throws IOException {
        boolean first = pairs.isEmpty();
        NetworkChannel worker = address.transport() == Transport.TCP
                ? ServerSocketChannel.open(family())
                : DatagramChannel.open(family());
        worker.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        InetSocketAddress at = new InetSocketAddress(address.address(), first ? 0 : address.port());
        if (worker instanceof ServerSocketChannel tcp) {
            tcp.bind(at, 512).configureBlocking(false);
        } else {
            ((DatagramChannel) worker).bind(at).configureBlocking(false);
        }
        address = ListenAddress.parse(form.formatted(((InetSocketAddress) worker.getLocalAddress()).getPort()));
        HeldListener held = new ListenerProbe(sockets)
                .search(ProcessHandle.current().pid(), List.of(address)).found().get(address).stream()
                        .filter(one -> known.add(one.socket().cookie()))
                        .findFirst()
                        .map(one -> {
                            try {
                                return HeldListener.hold(one, address);
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        })
                        .orElseThrow();
        Pair pair = new Pair(worker, held);
        pairs.add(pair);
        return pair;
    }

    void leave(Pair pair) throws IOException {
        pairs.remove(pair);
        pair.close();
    }

    /** As a worker that dies: what is held of it is left. */
    void die(Pair pair) throws IOException {
        pairs.remove(pair);
        pair.worker().close();
    }

    List<Pair> pairs() {
        return List.copyOf(pairs);
    }

    ListenAddress address() {
        return address;
    }

    /** One client comes; whom it reaches. */
    Optional<Pair> client() throws IOException {
        InetSocketAddress server = target(address);
        taker(); // a probe for who stands where may have come to a socket that nobody held
        if (address.transport() == Transport.TCP) {
            try (SocketChannel client = SocketChannel.open()) {
                client.connect(server);
                return awaitTaker();
            }
        }
        try (DatagramChannel client = DatagramChannel.open(family())) {
            client.send(ByteBuffer.wrap(new byte[] {1}), server);
            return awaitTaker();
        }
    }

    static InetSocketAddress target(ListenAddress address) throws IOException {
        return new InetSocketAddress(
                address.address().isAnyLocalAddress()
                        ? InetAddress.getByName(address.isIpv6() ? "::1" : "127.0.0.1")
                        : address.address(),
                address.port());
    }

    /** It may have sent all a moment before that has come to somebody's queue; empty if it never comes. */
    Optional<Pair> awaitTaker() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        Optional<Pair> found = taker();
        while (found.isEmpty() && System.nanoTime() < deadline) {
            found = taker();
        }
        return found;
    }

    private Optional<Pair> taker() throws IOException {
        Optional<Pair> found = Optional.empty();
        for (Pair pair : pairs) {
            if (pair.takeAll() > 0) {
                found = Optional.of(pair);
            }
        }
        return found;
    }

    private ProtocolFamily family() {
        return address.isIpv6() ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    }

    @Override
    public void close() throws IOException {
        for (Pair pair : pairs()) {
            leave(pair);
        }
        sockets.close();
    }
}
