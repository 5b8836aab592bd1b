package dev.handover.supervisor.linux;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The two ends of a connection, and the network interface that it is bound to, as the kernel writes them. */
public final class TcpAddresses {
    /** Two ports, two addresses of 16 bytes, an interface: the beginning of struct inet_diag_sockid. */
    static final int BYTES = 40;

    private static final int PORT_BYTES = 2;
    private static final int ADDRESS_BYTES = 16;
    private static final int IPV4_BYTES = 4;
    private static final int LOCAL_ADDRESS = 2 * PORT_BYTES;
    private static final int REMOTE_ADDRESS = LOCAL_ADDRESS + ADDRESS_BYTES;

    private final boolean ipv6;
    private final byte[] bytes;

    TcpAddresses(boolean ipv6, byte[] bytes) {
        this.ipv6 = ipv6;
        this.bytes = bytes.clone();
    }

    /**
     * Of a connection of this machine, bound to no interface; both addresses are of the same family.
     *
     * @param local of the socket that is meant
     */
    public static TcpAddresses of(InetSocketAddress local, InetSocketAddress remote) {
        ByteBuffer id = ByteBuffer.allocate(BYTES);
        id.putShort((short) local.getPort()).putShort((short) remote.getPort());
        byte[] host = local.getAddress().getAddress();
        id.put(host);
        id.position(REMOTE_ADDRESS).put(remote.getAddress().getAddress());
        return new TcpAddresses(host.length == ADDRESS_BYTES, id.array());
    }

    /** The same connection from its other end: where the client is on this machine, its socket. */
    public TcpAddresses reversed() {
        byte[] turned = bytes.clone();
        swap(turned, 0, PORT_BYTES);
        swap(turned, 2 * PORT_BYTES, ADDRESS_BYTES);
        return new TcpAddresses(ipv6, turned);
    }

    private static void swap(byte[] in, int at, int length) {
        for (int i = at; i < at + length; i++) {
            byte first = in[i];
            in[i] = in[i + length];
            in[i + length] = first;
        }
    }

    /** Whether the client is on this machine, and in this network namespace, for certain. */
    public boolean isOfLoopback() {
        return address(REMOTE_ADDRESS).isLoopbackAddress();
    }

    /** This end's address; of an IPv4 client's connection with an AF_INET6 socket an IPv4 one. */
    public InetAddress local() {
        return address(LOCAL_ADDRESS);
    }

    /** The other end; of an IPv4 client an IPv4 one, too. */
    public InetSocketAddress remote() {
        int port = ByteBuffer.wrap(bytes).getShort(PORT_BYTES) & 0xffff;
        return new InetSocketAddress(address(REMOTE_ADDRESS), port);
    }

    private InetAddress address(int at) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + (ipv6 ? ADDRESS_BYTES : IPV4_BYTES)));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    boolean isIpv6() {
        return ipv6;
    }

    byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TcpAddresses same && ipv6 == same.ipv6 && Arrays.equals(bytes, same.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
