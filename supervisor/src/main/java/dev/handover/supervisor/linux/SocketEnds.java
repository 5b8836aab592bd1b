package dev.handover.supervisor.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import jnr.constants.platform.Errno;

/**
 * Tells of the end of each TCP socket on some local ports, with what the kernel had counted of it last: sock_diag's
 * multicast groups SKNLGRP_INET_TCP_DESTROY and SKNLGRP_INET6_TCP_DESTROY (Linux 4.3). It needs no privilege. While there
 * is one, the kernel makes a message of every end in the network namespace; those of other ports are dropped by a filter.
 *
 * <p>A socket ends when the kernel has nothing left to do for it: after a close by this side first, as it goes over to
 * TIME_WAIT; for one whose client does not answer, minutes after the close.
 *
 * <p>For one thread.
 */
public final class SocketEnds implements AutoCloseable {
    private static final int NETLINK_SOCK_DIAG = 4;
    /** The bits of SKNLGRP_INET_TCP_DESTROY (1) and SKNLGRP_INET6_TCP_DESTROY (3). */
    private static final int GROUPS = 1 | 1 << 2;

    private static final int ADDRESS_BYTES = 12;
    private static final int ADDRESS_GROUPS = 8;
    private static final int MESSAGE_BYTES = 16 * 1024;
    /** Behind struct nlmsghdr: family, state, timer, retransmissions, and then the local port. */
    private static final int LOCAL_PORT = 20;

    private static final int WHOLE = 0x7fffffff;
    private static final int NOTHING = 0;

    /** A process that has 20,000 connections ends them all within milliseconds; each takes some 1.3 KB here. */
    private static final int ROOM_BYTES = 32 << 20;

    private static final String SUBJECT = "the ends of sockets";

    private final Fd socket;
    private final ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES).order(ByteOrder.nativeOrder());
    private final TcpSight sight = new TcpSight();

    private SocketEnds(Fd socket) {
        this.socket = socket;
    }

    /** @param ports the local ports that matter */
    public static SocketEnds of(Collection<Integer> ports) throws LinuxException {
        return of(ports, ROOM_BYTES);
    }

    static SocketEnds of(Collection<Integer> ports, int room) throws LinuxException {
        int type = Abi.SOCK_RAW | Abi.SOCK_CLOEXEC | Abi.SOCK_NONBLOCK;
        Fd socket = new Fd(
                Kernel.call("socket", SUBJECT, () -> Kernel.LIBC.socket(Abi.AF_NETLINK, type, NETLINK_SOCK_DIAG)),
                SUBJECT);
        try {
            makeRoom(socket, room);
            ReuseportGroup.attach(socket, "SO_ATTACH_FILTER", Abi.SO_ATTACH_FILTER, only(ports));
            ByteBuffer address = ByteBuffer.allocate(ADDRESS_BYTES).order(ByteOrder.nativeOrder());
            address.putShort(0, (short) Abi.AF_NETLINK).putInt(ADDRESS_GROUPS, GROUPS);
            Kernel.call("bind", SUBJECT, () -> Kernel.LIBC.bind(socket.number(), address.array(), ADDRESS_BYTES));
            return new SocketEnds(socket);
        } catch (LinuxException e) {
            socket.close();
            throw e;
        }
    }

    private static void makeRoom(Fd socket, int bytes) throws LinuxException {
        try {
            SocketOptions.set(socket, "SO_RCVBUFFORCE", Abi.SOL_SOCKET, Abi.SO_RCVBUFFORCE, bytes);
        } catch (LinuxException unprivileged) {
            // As much as net.core.rmem_max allows.
            SocketOptions.set(socket, "SO_RCVBUF", Abi.SOL_SOCKET, Abi.SO_RCVBUF, bytes);
        }
    }

    private static List<Instruction> only(Collection<Integer> ports) {
        List<Instruction> filter = new ArrayList<>();
        filter.add(Instruction.loadHalfOfMessage(LOCAL_PORT));
        for (int port : ports) {
            filter.add(Instruction.jumpUnlessEqual(port, 1));
            filter.add(Instruction.returns(WHOLE));
        }
        filter.add(Instruction.returns(NOTHING));
        return filter;
    }

    /**
     * Shows the ends that have been told since the last call; never waits.
     *
     * @return whether all were: the kernel drops what there is no room for
     */
    public boolean read(Consumer<? super TcpSight> ended) throws LinuxException {
        boolean all = true;
        while (true) {
            try {
                message.clear();
                long length = Kernel.callLong(
                        "recv", SUBJECT, () -> Kernel.LIBC.recv(socket.number(), message, MESSAGE_BYTES, 0));
                message.limit((int) length);
                SockDiagCodec.decodeEnds(message, (at, end) -> {
                    sight.moveTo(message, at, end);
                    ended.accept(sight);
                });
            } catch (LinuxException e) {
                if (e.is(Errno.EAGAIN)) {
                    return all;
                }
                if (!e.is(Errno.ENOBUFS)) {
                    throw e;
                }
                all = false;
            }
        }
    }

    /** Readable when there is something to {@link #read}. */
    Fd fd() {
        return socket;
    }

    @Override
    public void close() {
        socket.close();
    }
}
