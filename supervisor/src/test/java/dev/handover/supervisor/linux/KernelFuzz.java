package dev.handover.supervisor.linux;

import dev.handover.supervisor.fuzz.Bytes;
import dev.handover.supervisor.linux.SockDiagCodec.DumpRefused;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the kernel says: answers of sock_diag, what it tells of sockets' ends, and lines of /proc in which a process names itself. */
public final class KernelFuzz {
    private static final int SEQUENCE = 0x01010101;

    private KernelFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        switch (input[0] & 3) {
            case 0 -> rows(ByteBuffer.wrap(rest));
            case 1 -> figures(ByteBuffer.wrap(rest));
            case 2 -> ends(ByteBuffer.wrap(rest));
            default -> stat(new String(rest, StandardCharsets.ISO_8859_1));
        }
    }

    private static void rows(ByteBuffer datagram) {
        List<SocketRow> rows = new ArrayList<>();
        try {
            SockDiagCodec.decode(datagram, SEQUENCE, Transport.TCP, rows);
        } catch (DumpRefused | IllegalStateException | IllegalArgumentException told) {
            // As its callers expect.
        }
        Bytes.require(rows.size() <= datagram.limit() / SockDiagCodec.ROW_BYTES, "more rows than there is room for");
    }

    private static void figures(ByteBuffer datagram) {
        TcpSight sight = new TcpSight();
        try {
            SockDiagCodec.decode(datagram, SEQUENCE, (at, end) -> look(sight, datagram, at, end));
        } catch (DumpRefused | IllegalStateException told) {
            // As its callers expect.
        }
    }

    private static void ends(ByteBuffer datagram) {
        TcpSight sight = new TcpSight();
        SockDiagCodec.decodeEnds(datagram, (at, end) -> look(sight, datagram, at, end));
    }

    private static void look(TcpSight sight, ByteBuffer datagram, int at, int end) {
        sight.moveTo(datagram, at, end);
        sight.figures();
        sight.cookie();
        try {
            sight.state();
        } catch (IllegalArgumentException told) {
            // Of a later kernel: as its callers expect.
        }
        sight.inode();
        sight.addresses();
    }

    private static void stat(String line) {
        try {
            ProcessStat stat = ProcessStat.parse(line);
            Bytes.require(line.contains("(" + stat.command() + ")"), "the name is another");
        } catch (IllegalArgumentException told) {
            // As its callers expect.
        }
    }
}
