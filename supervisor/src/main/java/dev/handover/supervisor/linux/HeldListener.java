package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.io.IOException;
import java.util.Optional;
import jnr.constants.platform.Errno;

/**
 * The supervisor's own duplicate of a worker's listener, made without the worker's help. While it is held, the listener
 * keeps its place in the reuseport group and what waits in it, whatever becomes of the worker; it also goes on attracting
 * clients that are not steered elsewhere.
 *
 * <p>For one thread.
 */
public final class HeldListener implements AutoCloseable {
    private static final String MPTCP = " has an MPTCP socket there, which can't be steered to"
            + " (set reuseport = \"intercept\", or have the program take TCP; of Go: GODEBUG=multipathtcp=0)";

    private final ListenAddress address;
    private final SocketRow socket;
    private final OpenListener open;
    private boolean released;
    /** Drops that are no client's: those before it was held, and probes. */
    private long explained;

    private boolean sealed;
    /** What the worker has set, while something else is in force. */
    private int ownLeastHops;

    /** @param open is closed with it */
    HeldListener(ListenAddress address, SocketRow socket, OpenListener open) throws LinuxException {
        this.address = address;
        this.socket = socket;
        this.open = open;
        this.explained = open.drops();
    }

    /**
     * Duplicates a listener that {@link ListenerProbe} found.
     *
     * @throws LinuxException EPERM if its process may not be traced (another user's, or not dumpable) and this one lacks
     *     CAP_SYS_PTRACE
     * @throws IOException if the process has gone or closed the listener since it was found
     */
    public static HeldListener hold(OwnedSocket found, ListenAddress address) throws IOException {
        Pidfd process = Pidfd.open(found.pid())
                .orElseThrow(() -> new IOException(address + ": pid " + found.pid() + ", which held it, has gone"));
        try (process) {
            Fd duplicate = process.duplicate(found.fd());
            try {
                // By now the number may stand for another file, or even the pid for another process.
                if (!SocketOptions.isSocket(duplicate, found.socket().cookie())) {
                    throw new IOException(
                            address + ": pid " + found.pid() + (isOfMptcp(duplicate) ? MPTCP : " has closed it"));
                }
                return new HeldListener(address, found.socket(), new ListenerFd(duplicate, found.socket(), address));
            } catch (IOException e) {
                duplicate.close();
                throw e;
            }
        }
    }

    /** Whether it is the program's end of what the kernel lists as a TCP socket of another cookie, under the same inode. */
    private static boolean isOfMptcp(Fd descriptor) throws LinuxException {
        try {
            return SocketOptions.get(descriptor, "SO_PROTOCOL", Abi.SOL_SOCKET, Abi.SO_PROTOCOL, Integer.BYTES)
                            .getInt(0)
                    == Abi.IPPROTO_MPTCP;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOTSOCK)) {
                return false;
            }
            throw e;
        }
    }

    /**
     * A sealed listener of this process's own, in the group of others at the address: whoever is steered to it waits until
     * somebody else is steered to. TCP only.
     *
     * @param uid the group's, which is that of its sockets; only root can have another than its own
     * @throws LinuxException EADDRINUSE where the group is another user's
     */
    public static HeldListener standIn(ListenAddress address, int uid, SockDiag sockets) throws IOException {
        try (TcpSocket socket = TcpSocket.openAs(uid, address.isIpv6())) {
            socket.set("SO_REUSEPORT", Abi.SOL_SOCKET, Abi.SO_REUSEPORT, 1);
            if (address.isIpv6()) {
                socket.set("IPV6_V6ONLY", Abi.IPPROTO_IPV6, Abi.IPV6_V6ONLY, address.hasIpv4Clients() ? 0 : 1);
            }
            LeastHops.set(socket.fd(), address, LeastHops.UNREACHABLE);
            socket.bind(address.socketAddress());
            socket.listen(1);
            long cookie = SocketOptions.cookie(socket.fd());
            SocketRow row = sockets.listeners(address).stream()
                    .filter(one -> one.cookie() == cookie)
                    .findFirst()
                    .orElseThrow(() -> new IOException(address + ": a stand-in does not listen there"));
            return standIn(address, row, new ListenerFd(socket.fd().duplicate(), row, address));
        }
    }

    /** @param open sealed already */
    static HeldListener standIn(ListenAddress address, SocketRow row, OpenListener open) throws LinuxException {
        HeldListener standIn = new HeldListener(address, row, open);
        standIn.sealed = true;
        return standIn;
    }

    /** Where it listens: the declared address, or {@linkplain ListenAddress#mapped the same in AF_INET6}. */
    public ListenAddress address() {
        return address;
    }

    /** As the kernel listed it when it was found: family, uid, inode and cookie stay as they are. */
    public SocketRow socket() {
        return socket;
    }

    /** What waits in it now. Handshakes in flight are not in it (see {@link SockDiag#handshakes}). */
    public Backlog backlog() throws LinuxException {
        return open.backlog();
    }

    /**
     * When the datagram came that was last read from it, in nanoseconds since 1970: not how long ago, since that clock may be
     * set, but another one says that another datagram has been read. The kernel keeps it from the first call on (sock_enable_timestamp
     * in net/core/sock.c); what that call returns may be its own time. UDP only.
     *
     * @return 0 if none is known of
     */
    public long lastRead() throws LinuxException {
        return open.lastRead();
    }

    /** Steers the whole group that this listener belongs to; in force for whatever arrives after it returns. */
    public void steer(Choice choice) throws LinuxException {
        open.attach(program(choice));
    }

    /** Lets the kernel spread the group's clients over all members again. */
    public void stopSteering() throws LinuxException {
        open.detach();
    }

    /**
     * Lets the listener take no new handshake, in silence: the client sends its SYN again, after 1 s, 3 s and so on, and
     * reaches whom the group's program chooses by then. To be called when no handshake is in flight: one that ends in a
     * sealed listener's queue is deaf for ever, even after {@link #unseal} (see {@link LeastHops}). TCP only.
     */
    public void seal() throws LinuxException {
        if (address.transport() != Transport.TCP) {
            throw new IllegalStateException("nobody sends a lost datagram again: " + this);
        }
        if (!sealed) {
            ownLeastHops = open.leastHops();
            open.setLeastHops(LeastHops.UNREACHABLE);
            sealed = true;
        }
    }

    /** Lets it take handshakes again. */
    public void unseal() throws LinuxException {
        if (sealed) {
            open.setLeastHops(ownLeastHops);
            sealed = false;
        }
    }

    /**
     * Takes note of the seal of a supervisor before this one, if it bears one, so that {@link #unseal} takes it off. What the
     * worker had set itself is not known then, and is taken to be nothing, as with nearly every program.
     */
    public void noticeSeal() throws LinuxException {
        if (address.transport() == Transport.TCP && open.leastHops() == LeastHops.UNREACHABLE) {
            sealed = true;
        }
    }

    /**
     * Ends the listener itself, in whatever process it is open: it leaves its group, what waits in it is reset, and who
     * accepts from it gets EINVAL from now on (shutdown(2) of a listening socket, tcp_disconnect in the kernel). TCP only.
     *
     * @throws LinuxException ENOTCONN if it has been ended already
     */
    public void end() throws LinuxException {
        open.end();
    }

    /** Takes what waits in it and resets it, for a listener that nobody accepts from: its clients hear of it now. TCP only. */
    public void resetWaiting() throws LinuxException {
        open.resetWaiting();
    }

    /**
     * How many packets it has dropped since it was held, the supervisor's own probes aside: each connection or handshake that
     * its full queue refused is one (sk_drops, counted by tcp_listendrop() in include/net/tcp.h), each datagram that found its
     * buffer full, and whatever was malformed, filtered or too early (TCP_DEFER_ACCEPT).
     */
    public long dropped() throws LinuxException {
        return drops() - explained;
    }

    /** The same, since it was held or this was last called: what it dropped as it was meant to is told once, and counts no more. */
    public long takeDropped() throws LinuxException {
        long meant = dropped();
        explained += meant;
        return meant;
    }

    /** One that it has dropped was a probe. */
    void droppedProbe() {
        explained++;
    }

    /** How many packets this socket has dropped since it was made; what it turns away counts. */
    long drops() throws LinuxException {
        return open.drops();
    }

    /**
     * Lets it drop a probe's packets.
     *
     * @throws IOException if it is a UDP socket that its worker has set a filter on: there can be only one, and who replaces
     *     it can't set an eBPF one again
     */
    void turnAway(Probe probe) throws IOException {
        if (address.transport() == Transport.UDP) {
            if (open.hasFilter()) {
                throw new IOException(this + ": where it stands in its group can't be told, since its worker has set a"
                        + " filter on it (SO_ATTACH_FILTER or SO_ATTACH_BPF), and that would be lost");
            }
            open.filter(SocketFilter.without(probe.match()));
        } else if (!sealed) {
            ownLeastHops = open.leastHops();
            open.setLeastHops(Math.max(ownLeastHops, Probe.HOPS + 1));
        }
    }

    /** Undoes {@link #turnAway}. */
    void turnAwayNoMore() throws LinuxException {
        if (address.transport() == Transport.UDP) {
            open.filterNoMore();
        } else if (!sealed) {
            open.setLeastHops(ownLeastHops);
        }
    }

    /** Steers all but a probe's packets: their numbers, counted from an index on, name the members that they go to. */
    void steer(PacketMatch probe, int first, Optional<Choice> rest) throws LinuxException {
        SteeringProgram others = rest.map(this::program).orElseGet(SteeringProgram::anyMember);
        open.attach(SteeringProgram.probing(probe, first, others));
    }

    /** Whether it has not been released. */
    public boolean isHeld() {
        return !released;
    }

    /** Releases the duplicate. If it was the last one, the listener leaves its group, and what waits in it is reset. */
    @Override
    public void close() {
        released = true;
        open.close();
    }

    /**
     * For packets to where it listens.
     *
     * @throws Unreached if no packet of this host would reach its group
     */
    Probe probe() throws IOException {
        return new Probe(address.transport(), open.sender());
    }

    /** For passing it to another process. */
    Fd fd() {
        return open.fd();
    }

    private SteeringProgram program(Choice choice) {
        return SteeringProgram.of(choice, address.transport(), chooser());
    }

    private SteeringProgram.Chooser chooser() {
        if (address.transport() == Transport.TCP) {
            return SteeringProgram.Chooser.RANDOM;
        }
        if (!socket.isIpv6()) {
            return SteeringProgram.Chooser.IPV4_FLOW;
        }
        return socket.v6only() ? SteeringProgram.Chooser.IPV6_FLOW : SteeringProgram.Chooser.DUAL_STACK_FLOW;
    }

    @Override
    public String toString() {
        return "held " + socket;
    }
}
