package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import jnr.constants.platform.Errno;

/**
 * The kernel's list of this network namespace's TCP and UDP sockets, asked for by state and local port over netlink
 * (sock_diag(7)); no privilege is needed. /proc/net/tcp tells the same, but lists every TIME_WAIT too, and takes seconds
 * where this takes less than a millisecond.
 *
 * <p>Any thread may ask; questions are answered one after the other.
 */
public final class SockDiag implements AutoCloseable {
    private static final int NETLINK_SOCK_DIAG = 4;
    /** A dump comes in datagrams of at most 32 KiB (netlink_dump() in the kernel). */
    private static final int DATAGRAM_BYTES = 64 * 1024;

    private static final int MOST_ATTEMPTS = 10;
    private static final int MOST_ASKED_ONE_BY_ONE = 200;
    private static final String SUBJECT = "sock_diag";

    private final Fd socket;
    private final ByteBuffer request = ByteBuffer.allocateDirect(SockDiagCodec.REQUEST_BYTES);
    private final ByteBuffer answer = ByteBuffer.allocateDirect(DATAGRAM_BYTES);
    private final TcpSight sight = new TcpSight();
    private int sequence;

    public SockDiag() throws LinuxException {
        int type = Abi.SOCK_RAW | Abi.SOCK_CLOEXEC;
        socket = new Fd(
                Kernel.call("socket", SUBJECT, () -> Kernel.LIBC.socket(Abi.AF_NETLINK, type, NETLINK_SOCK_DIAG)),
                SUBJECT);
    }

    /** The sockets that take new clients on a port, of both families: listening TCP, or unconnected UDP. */
    public List<SocketRow> listeners(Transport transport, int port) throws LinuxException {
        Set<SocketState> states = statesOfListeners(transport);
        List<SocketRow> rows = new ArrayList<>(dump(transport, false, states, port));
        rows.addAll(dump(transport, true, states, port));
        return rows;
    }

    /** Those of them at exactly one address: of its family, and of its kind. */
    public List<SocketRow> listeners(ListenAddress address) throws LinuxException {
        Transport transport = address.transport();
        return dump(transport, address.isIpv6(), statesOfListeners(transport), address.port()).stream()
                .filter(row -> row.isAt(address))
                .toList();
    }

    private static Set<SocketState> statesOfListeners(Transport transport) {
        return EnumSet.of(transport == Transport.TCP ? SocketState.LISTEN : SocketState.CLOSE);
    }

    /**
     * The handshakes with a listener at this address that are in flight; for 0.0.0.0 and [::] also those with a listener
     * of a more particular address on the port, and always those with one that is bound to a device. About 5 ms where there
     * are tens of thousands of sockets.
     */
    public List<SocketRow> handshakes(ListenAddress address) throws LinuxException {
        // IPv4 clients of a dual-stack listener are listed among the IPv6 sockets.
        return dump(Transport.TCP, address.isIpv6(), EnumSet.of(SocketState.SYN_RECV), address.port()).stream()
                .filter(row -> address.address().isAnyLocalAddress()
                        || address.address().equals(row.local().getAddress()))
                .toList();
    }

    /**
     * Which of some handshakes are still in flight. A few are asked for one by one, by address, device and cookie: that
     * takes some microseconds each, where a dump walks through the kernel's whole table of connections.
     */
    public List<SocketRow> stillInFlight(List<SocketRow> handshakes, ListenAddress address) throws LinuxException {
        if (handshakes.size() > MOST_ASKED_ONE_BY_ONE) {
            Set<Long> cookies =
                    handshakes(address).stream().map(SocketRow::cookie).collect(Collectors.toSet());
            return handshakes.stream()
                    .filter(one -> cookies.contains(one.cookie()))
                    .toList();
        }
        List<SocketRow> left = new ArrayList<>();
        for (SocketRow one : handshakes) {
            if (isUnchanged(one)) {
                left.add(one);
            }
        }
        return left;
    }

    /** Whether this very socket is still there, in this state; what a handshake becomes keeps its cookie. */
    private synchronized boolean isUnchanged(SocketRow row) throws LinuxException {
        sequence++;
        SockDiagCodec.encode(request, sequence, row);
        send();
        List<SocketRow> found = new ArrayList<>();
        try {
            while (found.isEmpty()) {
                receive();
                SockDiagCodec.decode(answer, sequence, row.transport(), found);
            }
            return found.get(0).state() == row.state();
        } catch (SockDiagCodec.DumpRefused e) {
            Errno errno = Errno.valueOf(e.errno());
            if (errno == Errno.ENOENT || errno == Errno.ESTALE) {
                return false;
            }
            throw new LinuxException(SUBJECT, errno, row.toString());
        }
    }

    /**
     * The sockets of one family in any of the states.
     *
     * @param port the local port, or 0 for all
     */
    public synchronized List<SocketRow> dump(Transport transport, boolean ipv6, Set<SocketState> states, int port)
            throws LinuxException {
        for (int attempt = 1; ; attempt++) {
            List<SocketRow> rows = new ArrayList<>();
            // An interrupted list may lack a socket; after so many, an incomplete one is better than none.
            if (dumpOnce(transport, ipv6, states, port, rows) || attempt == MOST_ATTEMPTS) {
                return rows;
            }
        }
    }

    /**
     * Shows each TCP connection of a local port, with its {@link TcpSight#figures}. A list of many that change while it is
     * made may lack one.
     */
    public synchronized void connections(
            boolean ipv6, int port, Set<SocketState> states, Consumer<? super TcpSight> seen) throws LinuxException {
        sequence++;
        SockDiagCodec.encodeConnections(request, sequence, ipv6, states, port);
        send();
        String subject = (ipv6 ? "IPv6" : "IPv4") + " connections of port " + port;
        while (!show(subject, seen)) {
            // A list of many comes in several datagrams.
        }
    }

    /**
     * What is there under some addresses.
     *
     * @param held whether a process has it: false for what the kernel alone still deals with
     */
    public record Presence(long cookie, SocketState state, boolean held) {}

    /** What is there under these addresses now; empty if there is nothing, or nothing but a listener. */
    public synchronized Optional<Presence> at(TcpAddresses addresses) throws LinuxException {
        sequence++;
        SockDiagCodec.encode(request, sequence, addresses);
        send();
        List<Presence> found = new ArrayList<>();
        try {
            while (found.isEmpty()) {
                receive();
                SockDiagCodec.decode(answer, sequence, (at, end) -> {
                    sight.moveTo(answer, at, end);
                    found.add(new Presence(sight.cookie(), sight.state(), sight.inode() != 0));
                });
            }
        } catch (SockDiagCodec.DumpRefused e) {
            Errno errno = Errno.valueOf(e.errno());
            if (errno != Errno.ENOENT) {
                throw new LinuxException(SUBJECT, errno, "one connection");
            }
        }
        return found.stream().filter(one -> one.state() != SocketState.LISTEN).findFirst();
    }

    private boolean show(String subject, Consumer<? super TcpSight> seen) throws LinuxException {
        receive();
        try {
            return SockDiagCodec.decode(answer, sequence, (at, end) -> {
                        sight.moveTo(answer, at, end);
                        seen.accept(sight);
                    })
                    .over();
        } catch (SockDiagCodec.DumpRefused e) {
            throw new LinuxException(SUBJECT, Errno.valueOf(e.errno()), subject);
        }
    }

    private boolean dumpOnce(Transport transport, boolean ipv6, Set<SocketState> states, int port, List<SocketRow> rows)
            throws LinuxException {
        sequence++;
        SockDiagCodec.encode(request, sequence, transport, ipv6, states, port);
        send();
        boolean complete = true;
        while (true) {
            receive();
            try {
                SockDiagCodec.Progress progress = SockDiagCodec.decode(answer, sequence, transport, rows);
                complete &= !progress.interrupted();
                if (progress.over()) {
                    return complete;
                }
            } catch (SockDiagCodec.DumpRefused e) {
                throw new LinuxException(
                        SUBJECT, Errno.valueOf(e.errno()), (ipv6 ? "IPv6 " : "IPv4 ") + transport + " sockets");
            }
        }
    }

    private void send() throws LinuxException {
        Kernel.callLong(
                "send", SUBJECT, () -> Kernel.LIBC.send(socket.number(), request, SockDiagCodec.REQUEST_BYTES, 0));
    }

    /** Never waits for long: the kernel makes an answer in the calls that ask for it. */
    private void receive() throws LinuxException {
        long length = Kernel.callLong(
                "recv", SUBJECT, () -> Kernel.LIBC.recv(socket.number(), answer, DATAGRAM_BYTES, Abi.MSG_TRUNC));
        if (length > DATAGRAM_BYTES) {
            throw new IllegalStateException("a netlink datagram of " + length + " bytes");
        }
        answer.clear().limit((int) length);
    }

    @Override
    public synchronized void close() {
        socket.close();
    }
}
