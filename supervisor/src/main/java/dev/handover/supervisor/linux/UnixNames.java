package dev.handover.supervisor.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.OptionalInt;
import jnr.constants.platform.Errno;

/** Whose the names of abstract Unix sockets are, which anybody can take: asked of sock_diag(7), which any user may. */
final class UnixNames {
    private static final String SUBJECT = "the list of Unix sockets";
    private static final int NETLINK_SOCK_DIAG = 4;
    /** What the kernel fills at a time. */
    private static final int DATAGRAM_BYTES = 32 * 1024;

    private static final int HEADER_BYTES = 16;
    /** struct unix_diag_req: family, protocol, padding, states, inode, what to show, cookie. */
    private static final int REQUEST_BYTES = HEADER_BYTES + 24;

    private static final short BY_FAMILY = 20;
    private static final short REQUEST_DUMP = 0x301;
    /** UDIAG_SHOW_NAME, and UDIAG_SHOW_UID of Linux 5.3. */
    private static final int SHOW_NAME_AND_UID = 0x41;

    /** struct unix_diag_msg: family, type, state, padding, inode, cookie. */
    private static final int ROW_BYTES = 16;

    private static final int NAME = 0;
    private static final int UID = 7;

    private UnixNames() {}

    /**
     * The user of a socket with that name.
     *
     * @param name of an abstract socket, its zero byte included
     * @return empty where there is no such socket, or the kernel does not tell
     */
    static OptionalInt owner(byte[] name) throws LinuxException {
        int type = Abi.SOCK_RAW | Abi.SOCK_CLOEXEC;
        ByteBuffer answer = ByteBuffer.allocateDirect(DATAGRAM_BYTES);
        int[] found = {-1};
        try (Fd socket = new Fd(
                Kernel.call("socket", SUBJECT, () -> Kernel.LIBC.socket(Abi.AF_NETLINK, type, NETLINK_SOCK_DIAG)),
                SUBJECT)) {
            ByteBuffer request = request();
            Kernel.callLong("send", SUBJECT, () -> Kernel.LIBC.send(socket.number(), request, REQUEST_BYTES, 0));
            boolean over = false;
            while (!over) {
                long length = Kernel.callLong(
                        "recv", SUBJECT, () -> Kernel.LIBC.recv(socket.number(), answer, DATAGRAM_BYTES, 0));
                answer.clear().limit((int) length);
                over = SockDiagCodec.decode(answer, 1, ROW_BYTES, (at, end) -> look(answer, at, end, name, found))
                        .over();
            }
        } catch (SockDiagCodec.DumpRefused refused) {
            if (refused.errno() == Errno.ENOENT.intValue()) { // no unix_diag in this kernel
                return OptionalInt.empty();
            }
            throw new LinuxException("recv", Errno.valueOf(refused.errno()), SUBJECT);
        }
        return found[0] < 0 ? OptionalInt.empty() : OptionalInt.of(found[0]);
    }

    private static ByteBuffer request() {
        ByteBuffer request = ByteBuffer.allocateDirect(REQUEST_BYTES).order(ByteOrder.nativeOrder());
        request.putInt(REQUEST_BYTES)
                .putShort(BY_FAMILY)
                .putShort(REQUEST_DUMP)
                .putInt(1)
                .putInt(0);
        request.put((byte) Abi.AF_UNIX).put((byte) 0).putShort((short) 0);
        request.putInt(~0).putInt(0).putInt(SHOW_NAME_AND_UID);
        return request.clear();
    }

    private static void look(ByteBuffer answer, int row, int end, byte[] name, int[] found) {
        boolean named = false;
        int uid = -1;
        int at = row + ROW_BYTES;
        while (at + 4 <= end) {
            int length = Short.toUnsignedInt(answer.getShort(at));
            int kind = answer.getShort(at + 2);
            if (length >= 4 && length <= end - at) {
                byte[] value = new byte[length - 4];
                answer.get(at + 4, value);
                named |= kind == NAME && Arrays.equals(value, name);
                uid = kind == UID && value.length == Integer.BYTES ? answer.getInt(at + 4) : uid;
            }
            at += Math.max(4, (length + 3) & ~3);
        }
        if (named) {
            found[0] = uid;
        }
    }
}
