package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One socket as the kernel's sock_diag lists it.
 *
 * @param local its address is an {@link Inet6Address} if and only if the socket is AF_INET6, also for
 *     {@code ::ffff:127.0.0.1}
 * @param remote the peer; port 0 where there is none
 * @param device the network interface's index that a socket is bound to (SO_BINDTODEVICE, or a link-local address with
 *     its zone), or through which a handshake's link-local peer is reached; 0 for any
 * @param inode what {@code /proc/PID/fd} links show; 0 for a handshake in flight, which belongs to no process yet
 * @param cookie the socket's identity, never used again until the next boot
 * @param v6only an AF_INET6 socket that takes no IPv4 clients; false for AF_INET
 * @param receiveQueue of a listening TCP socket: connections waiting to be accepted; else: bytes waiting to be read
 * @param sendQueue of a listening TCP socket: the most that may wait to be accepted; else: bytes not yet sent
 */
public record SocketRow(
        Transport transport,
        SocketState state,
        InetSocketAddress local,
        InetSocketAddress remote,
        int device,
        long inode,
        long cookie,
        int uid,
        boolean v6only,
        long receiveQueue,
        long sendQueue) {
    /** The index of {@code lo}, which each network namespace begins with. */
    private static final int LOOPBACK = 1;

    public boolean isIpv6() {
        return local.getAddress() instanceof Inet6Address;
    }

    /** Whether it is a socket of exactly this family, address, port and kind, and bound to no device: of one group. */
    public boolean isAt(ListenAddress address) {
        return isBoundAt(address) && (device == 0 || isOfALink());
    }

    /** Whether the clients of a declared address come to it. */
    public boolean serves(ListenAddress declared) {
        return declared.groups().anyMatch(this::isAt);
    }

    /** Which of the groups of an address that it {@link #serves} it is in. */
    public ListenAddress groupOf(ListenAddress declared) {
        return isAt(declared) ? declared : declared.mapped();
    }

    /** Whether it is at this address, but to the kernel in a group of its own, which gets the clients of one device. */
    public boolean isOnADeviceAt(ListenAddress address) {
        return address.groups().anyMatch(group -> isBoundAt(group) && !isAt(group));
    }

    /** Whether it is a socket of exactly this family, address, port and kind, whatever device it is bound to. */
    public boolean isBoundAt(ListenAddress address) {
        return transport == address.transport()
                && local.getPort() == address.port()
                && local.getAddress().equals(address.address())
                && isDualStack() == address.dualStack();
    }

    /**
     * Whether it is not of this group, and gets clients that would else be the group's: the kernel looks for a socket at the very
     * address first and for one at a wildcard then, and prefers one that is bound to a device, and an AF_INET one to an AF_INET6
     * one (inet_lhash2_lookup and compute_score in net/ipv4/inet_hashtables.c, udp4_lib_lookup2 in net/ipv4/udp.c).
     */
    public boolean takesClientsOf(ListenAddress group) {
        ListenAddress own = listenAddress();
        boolean shared =
                (own.hasIpv4Clients() && group.hasIpv4Clients()) || (own.hasIpv6Clients() && group.hasIpv6Clients());
        if (transport != group.transport() || local.getPort() != group.port() || !shared) {
            return false;
        }
        boolean wild = own.host().isAnyLocalAddress();
        boolean ofAWildcard = group.host().isAnyLocalAddress();
        boolean alike = wild ? ofAWildcard : own.host().equals(group.host());
        return (!wild && ofAWildcard) || (alike && preference() > (group.isIpv6() ? 0 : 1));
    }

    private int preference() {
        return (device == 0 || isOfALink() ? 0 : 1) + (isIpv6() ? 0 : 1);
    }

    /** Whether what this host sends to one of its addresses comes to this socket before it comes to the group. */
    boolean comesBefore(ListenAddress group, InetAddress host) {
        ListenAddress own = listenAddress();
        boolean wild = own.host().isAnyLocalAddress();
        boolean there = wild
                ? (host instanceof Inet6Address ? own.hasIpv6Clients() : own.hasIpv4Clients())
                : own.host().equals(host);
        return there && takesClientsOf(group) && hears(host);
    }

    /** What is sent to a loopback address comes by no other device. */
    private boolean hears(InetAddress host) {
        return device == 0 || device == LOOPBACK || !host.isLoopbackAddress();
    }

    /** Whether its address is of one link, so that the kernel wants to know the device. */
    private boolean isOfALink() {
        return isIpv6() && local.getAddress().isLinkLocalAddress();
    }

    /** Whether IPv4 clients reach it although it is AF_INET6. */
    public boolean isDualStack() {
        return isIpv6() && !v6only && local.getAddress().isAnyLocalAddress();
    }

    /** Whether it is AF_INET6, and has an IPv4 address. */
    private boolean isMapped() {
        return listenAddress().isMapped();
    }

    private ListenAddress listenAddress() {
        return new ListenAddress(transport, local.getAddress(), local.getPort(), isDualStack());
    }

    /** For people: what its program is to change, so that this socket is at an address on its port. */
    public String advice(ListenAddress wanted) {
        if (isOnADeviceAt(wanted)) {
            return "leave out SO_BINDTODEVICE (HAProxy: 'interface " + deviceName() + "'), and bind to an address of "
                    + deviceName() + " to have its clients only";
        }
        if (!wanted.isIpv6() && isIpv6() && !isMapped()) {
            return (isDualStack() ? "declare " + address() + ", or " : "")
                    + "open an AF_INET socket (in Java: ServerSocketChannel.open(StandardProtocolFamily.INET), or"
                    + " -Djava.net.preferIPv4Stack=true for all its sockets)";
        }
        if (wanted.isIpv6() && (!isIpv6() || isMapped())) {
            return "open an AF_INET6 socket";
        }
        if (wanted.address().equals(local.getAddress())) {
            return wanted.dualStack()
                    ? "set IPV6_V6ONLY to 0 before bind()"
                    : "set IPV6_V6ONLY to 1 before bind(), or declare ?dual-stack";
        }
        return "bind to " + wanted.address().getHostAddress() + ", or declare the other address";
    }

    /**
     * Listeners at one address by age, the oldest first. A dump has IPv6 ones that share a port in this order, and IPv4 ones
     * the other way round (__inet_hash() in net/ipv4/inet_hashtables.c, udp_lib_get_port() in net/ipv4/udp.c). That is no
     * promise of the kernel's, and good for a guess only.
     */
    public static List<SocketRow> byAge(List<SocketRow> dump) {
        List<SocketRow> rows = new ArrayList<>(dump);
        if (!dump.stream().allMatch(SocketRow::isIpv6)) {
            Collections.reverse(rows);
        }
        return rows;
    }

    /** What it is bound to, by name if it has one: {@code eth0}. */
    public String deviceName() {
        try {
            NetworkInterface found = NetworkInterface.getByIndex(device);
            return found == null ? "device " + device : found.getName();
        } catch (SocketException e) {
            return "device " + device;
        }
    }

    /** In the form of the configuration: {@code tcp://[::]:80?dual-stack}. */
    public String address() {
        return listenAddress().toString();
    }

    /** For people, in the form of the configuration: {@code tcp://[::]:80?dual-stack (inode 4711, uid 0)}. */
    @Override
    public String toString() {
        return address() + " (inode " + inode + ", uid " + uid + (device == 0 ? "" : ", bound to " + deviceName())
                + ")";
    }
}
