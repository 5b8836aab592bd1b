package dev.handover.supervisor.linux;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection as the kernel tells of it, in a list or at its end. A view on a buffer: to be read in the call that
 * it is handed to, and not kept.
 */
public final class TcpSight {
    private static final int ATTRIBUTE_INFO = 2;

    private ByteBuffer from = ByteBuffer.allocate(0);
    private int at;
    private int end;

    void moveTo(ByteBuffer buffer, int begin, int limit) {
        from = buffer;
        at = begin;
        end = limit;
    }

    public boolean isIpv6() {
        return from.get(at) == Abi.AF_INET6;
    }

    /** {@link SocketState#CLOSE} at its end. */
    public SocketState state() {
        return SocketState.of(from.get(at + 1));
    }

    public int localPort() {
        return (from.get(at + SockDiagCodec.LOCAL_PORT) & 0xff) << 8
                | (from.get(at + SockDiagCodec.LOCAL_PORT + 1) & 0xff);
    }

    /** The socket's identity, never used again until the next boot; other than that of what is left of it in TIME_WAIT. */
    public long cookie() {
        return Integer.toUnsignedLong(from.getInt(at + SockDiagCodec.COOKIE_LOW))
                | (long) from.getInt(at + SockDiagCodec.COOKIE_HIGH) << Integer.SIZE;
    }

    /** What {@code /proc/PID/fd} links show; 0 where no process has it: not accepted yet, or closed. */
    public long inode() {
        return Integer.toUnsignedLong(from.getInt(at + SockDiagCodec.INODE));
    }

    public int uid() {
        return from.getInt(at + SockDiagCodec.UID);
    }

    /** Who speaks with whom, to ask for what is there under the same addresses. */
    public TcpAddresses addresses() {
        byte[] addresses = new byte[TcpAddresses.BYTES];
        from.get(at + SockDiagCodec.LOCAL_PORT, addresses);
        return new TcpAddresses(isIpv6(), addresses);
    }

    /** What the kernel counts of it; null where it says nothing of that, as for what is in TIME_WAIT. */
    public @Nullable TcpFigures figures() {
        int info = info();
        return info < 0 ? null : TcpFigures.read(from, info, unread(), unacknowledged());
    }

    /** Whether nothing has come, gone or been read since these: for a list of thousands, of which few have changed. */
    public boolean isStillAs(TcpFigures seen) {
        int info = info();
        return info >= 0 && seen.areStill(from, info, unread(), unacknowledged());
    }

    private long unread() {
        return Integer.toUnsignedLong(from.getInt(at + SockDiagCodec.RECEIVE_QUEUE));
    }

    private long unacknowledged() {
        return Integer.toUnsignedLong(from.getInt(at + SockDiagCodec.SEND_QUEUE));
    }

    /** Where struct tcp_info begins; less than 0 where there is none. */
    private int info() {
        int attribute = at + SockDiagCodec.ROW_BYTES;
        while (attribute + 4 <= end) {
            int length = from.getShort(attribute);
            if (from.getShort(attribute + 2) == ATTRIBUTE_INFO
                    && length >= 4 + TcpFigures.BYTES
                    && attribute + 4 + TcpFigures.BYTES <= end) {
                return attribute + 4;
            }
            attribute += Math.max(4, (length + 3) & ~3);
        }
        return -1;
    }
}
