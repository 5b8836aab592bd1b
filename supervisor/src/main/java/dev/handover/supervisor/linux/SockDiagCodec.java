package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;

/**
 * The bytes of a sock_diag(7) dump: struct inet_diag_req_v2 out, struct inet_diag_msg in, in netlink(7) messages.
 * Everything is in the machine's order but addresses and ports, which are in the network's.
 */
final class SockDiagCodec {
    /** struct nlmsghdr: length, type, flags, sequence, port. */
    private static final int HEADER_BYTES = 16;

    private static final int ERROR = 2;
    private static final int DONE = 3;
    private static final int BY_FAMILY = 20;
    private static final int FLAG_DUMP_INTERRUPTED = 0x10;
    private static final int FLAGS_REQUEST_DUMP = 0x301;
    private static final int FLAG_REQUEST = 0x1;

    static final int REQUEST_BYTES = HEADER_BYTES + 56;

    private static final int IPPROTO_TCP = 6;

    /** struct inet_diag_sockid, 4 bytes into struct inet_diag_msg: ports, addresses, interface, cookie. */
    private static final int ID = 4;

    /** The same, in struct inet_diag_req_v2. */
    private static final int REQUEST_ID = 8;

    static final int LOCAL_PORT = ID;
    private static final int REMOTE_PORT = ID + 2;
    private static final int LOCAL_ADDRESS = ID + 4;
    private static final int REMOTE_ADDRESS = ID + 20;
    private static final int DEVICE = ID + 36;
    static final int COOKIE_LOW = ID + 40;
    static final int COOKIE_HIGH = ID + 44;
    static final int RECEIVE_QUEUE = 56;
    static final int SEND_QUEUE = 60;
    static final int UID = 64;
    static final int INODE = 68;
    static final int ROW_BYTES = 72;

    private static final int ATTRIBUTE_V6ONLY = 11;

    /** INET_DIAG_INFO, as a bit of what is asked for beside the row itself: struct tcp_info. */
    private static final byte WITH_INFO = 1 << 1;

    /** Behind family, protocol: what is asked for beside the row. */
    private static final int WITH = HEADER_BYTES + 2;

    private static final int ANY_COOKIE = -1;

    private SockDiagCodec() {}

    /**
     * What came of one datagram of an answer.
     *
     * @param over whether it was the last
     * @param interrupted whether the list changed while it was made, and may lack a socket
     */
    record Progress(boolean over, boolean interrupted) {}

    /** @param port the local port, or 0 for all */
    static void encode(
            ByteBuffer into, int sequence, Transport transport, boolean ipv6, Set<SocketState> states, int port) {
        begin(into, sequence, FLAGS_REQUEST_DUMP, transport, ipv6, SocketState.mask(states));
        putPort(into, HEADER_BYTES + REQUEST_ID + LOCAL_PORT - ID, port);
        into.clear().limit(REQUEST_BYTES);
    }

    /** Asks for one socket by its addresses, its device and its cookie: ENOENT or ESTALE where it is no more. */
    static void encode(ByteBuffer into, int sequence, SocketRow socket) {
        begin(into, sequence, FLAG_REQUEST, socket.transport(), socket.isIpv6(), ~0);
        int id = HEADER_BYTES + REQUEST_ID - ID;
        putPort(into, id + LOCAL_PORT, socket.local().getPort());
        putPort(into, id + REMOTE_PORT, socket.remote().getPort());
        into.put(id + LOCAL_ADDRESS, socket.local().getAddress().getAddress());
        into.put(id + REMOTE_ADDRESS, socket.remote().getAddress().getAddress());
        into.putInt(id + DEVICE, socket.device());
        into.putInt(id + COOKIE_LOW, (int) socket.cookie());
        into.putInt(id + COOKIE_HIGH, (int) (socket.cookie() >>> Integer.SIZE));
        into.clear().limit(REQUEST_BYTES);
    }

    /** Asks for the TCP connections of one local port, each with its {@link TcpFigures}. */
    static void encodeConnections(ByteBuffer into, int sequence, boolean ipv6, Set<SocketState> states, int port) {
        encode(into, sequence, Transport.TCP, ipv6, states, port);
        into.put(WITH, WITH_INFO);
    }

    /** Asks for whatever is there under these addresses now: ENOENT where nothing is. */
    static void encode(ByteBuffer into, int sequence, TcpAddresses addresses) {
        begin(into, sequence, FLAG_REQUEST, Transport.TCP, addresses.isIpv6(), ~0);
        int id = HEADER_BYTES + REQUEST_ID - ID;
        into.put(id + LOCAL_PORT, addresses.bytes());
        into.putInt(id + COOKIE_LOW, ANY_COOKIE);
        into.putInt(id + COOKIE_HIGH, ANY_COOKIE);
        into.clear().limit(REQUEST_BYTES);
    }

    private static void begin(ByteBuffer into, int sequence, int flags, Transport transport, boolean ipv6, int states) {
        into.clear().order(ByteOrder.nativeOrder());
        into.put(new byte[REQUEST_BYTES]).clear();
        into.putInt(REQUEST_BYTES).putShort((short) BY_FAMILY).putShort((short) flags);
        into.putInt(sequence).putInt(0);
        into.put((byte) (ipv6 ? Abi.AF_INET6 : Abi.AF_INET));
        into.put((byte) (transport == Transport.TCP ? IPPROTO_TCP : Abi.IPPROTO_UDP));
        into.putShort((short) 0).putInt(states);
    }

    private static void putPort(ByteBuffer into, int at, int port) {
        into.put(at, (byte) (port >> 8)).put(at + 1, (byte) port);
    }

    /**
     * Reads one datagram of the answer.
     *
     * @param from the datagram, from 0 to its limit
     * @param rows what was found is added here
     * @throws DumpRefused if the kernel answered with an error
     */
    static Progress decode(ByteBuffer from, int sequence, Transport transport, List<SocketRow> rows)
            throws DumpRefused {
        return decode(from, sequence, (at, end) -> rows.add(row(from, at, end, transport)));
    }

    /** The same; each row is shown where it is. */
    static Progress decode(ByteBuffer from, int sequence, Rows rows) throws DumpRefused {
        return decode(from, sequence, ROW_BYTES, rows);
    }

    /**
     * The same of another family's sockets.
     *
     * @param shortest the bytes of a row without attributes
     */
    static Progress decode(ByteBuffer from, int sequence, int shortest, Rows rows) throws DumpRefused {
        from.order(ByteOrder.nativeOrder());
        boolean interrupted = false;
        int at = 0;
        while (at + HEADER_BYTES <= from.limit()) {
            int length = from.getInt(at);
            if (length < HEADER_BYTES || length > from.limit() - at) {
                throw new IllegalStateException(
                        "a netlink message of " + length + " bytes where " + (from.limit() - at) + " are left");
            }
            // Of an earlier dump that was given up half way.
            boolean ours = from.getInt(at + 8) == sequence;
            if (ours) {
                interrupted |= (from.getShort(at + 6) & FLAG_DUMP_INTERRUPTED) != 0;
                switch (from.getShort(at + 4)) {
                    case DONE -> {
                        return new Progress(true, interrupted);
                    }
                    case ERROR -> {
                        require(length, Integer.BYTES);
                        throw new DumpRefused(-from.getInt(at + HEADER_BYTES));
                    }
                    case BY_FAMILY -> {
                        require(length, shortest);
                        rows.row(at + HEADER_BYTES, at + length);
                    }
                    default -> {
                        // A no-op message, as netlink(7) allows.
                    }
                }
            }
            at += (length + 3) & ~3;
        }
        return new Progress(false, interrupted);
    }

    private static void require(int length, int bytes) {
        if (length < HEADER_BYTES + bytes) {
            throw new IllegalStateException(
                    "a netlink message of " + length + " bytes where at least " + (HEADER_BYTES + bytes) + " are due");
        }
    }

    private static SocketRow row(ByteBuffer from, int at, int end, Transport transport) {
        boolean ipv6 = from.get(at) == Abi.AF_INET6;
        return new SocketRow(
                transport,
                SocketState.of(from.get(at + 1)),
                new InetSocketAddress(address(from, at + LOCAL_ADDRESS, ipv6), port(from, at + LOCAL_PORT)),
                new InetSocketAddress(address(from, at + REMOTE_ADDRESS, ipv6), port(from, at + REMOTE_PORT)),
                from.getInt(at + DEVICE),
                Integer.toUnsignedLong(from.getInt(at + INODE)),
                Integer.toUnsignedLong(from.getInt(at + COOKIE_LOW)) | (long) from.getInt(at + COOKIE_HIGH) << 32,
                from.getInt(at + UID),
                ipv6 && v6only(from, at + ROW_BYTES, end),
                Integer.toUnsignedLong(from.getInt(at + RECEIVE_QUEUE)),
                Integer.toUnsignedLong(from.getInt(at + SEND_QUEUE)));
    }

    private static boolean v6only(ByteBuffer from, int firstAttribute, int end) {
        int at = firstAttribute;
        while (at + 4 <= end) {
            int length = from.getShort(at);
            if (from.getShort(at + 2) == ATTRIBUTE_V6ONLY && length > 4 && at + 4 < end) {
                return from.get(at + 4) != 0;
            }
            at += Math.max(4, (length + 3) & ~3);
        }
        return false;
    }

    private static int port(ByteBuffer from, int at) {
        return (from.get(at) & 0xff) << 8 | (from.get(at + 1) & 0xff);
    }

    private static InetAddress address(ByteBuffer from, int at, boolean ipv6) {
        byte[] bytes = new byte[ipv6 ? 16 : 4];
        from.get(at, bytes);
        try {
            // The factory of InetAddress would make an IPv4 address of ::ffff:127.0.0.1, and the family would be lost.
            return ipv6 ? Inet6Address.getByAddress(null, bytes, -1) : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    /** Takes where a row begins in the datagram, and where it ends. */
    @FunctionalInterface
    interface Rows {
        void row(int at, int end);
    }

    /**
     * Reads one datagram of what the kernel tells of sockets' ends, unasked.
     *
     * @param from the datagram, from 0 to its limit
     */
    static void decodeEnds(ByteBuffer from, Rows rows) {
        from.order(ByteOrder.nativeOrder());
        int at = 0;
        while (at + HEADER_BYTES + ROW_BYTES <= from.limit()) {
            int length = from.getInt(at);
            if (length < HEADER_BYTES + ROW_BYTES || length > from.limit() - at) {
                return;
            }
            if (from.getShort(at + 4) == BY_FAMILY) {
                rows.row(at + HEADER_BYTES, at + length);
            }
            at += (length + 3) & ~3;
        }
    }

    /** The kernel's refusal of a dump. */
    static final class DumpRefused extends Exception {
        private static final long serialVersionUID = 1;

        private final int errno;

        DumpRefused(int errno) {
            this.errno = errno;
        }

        int errno() {
            return errno;
        }
    }
}
