package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A bind(2) that waits for an answer.
 *
 * @param id what the kernel calls it
 * @param task the thread that binds
 * @param descriptor of the socket, in its process
 * @param address where in its memory the address is
 * @param length of the address
 */
record Bind(long id, long task, int descriptor, long address, int length) {
    private static final int SO_TYPE = 3;
    private static final String TGID = "Tgid:";
    /** struct sockaddr_in6, the longest that is looked at. */
    private static final int LONGEST = 28;

    /** struct sockaddr_storage. */
    private static final int LONGEST_TAKEN = 128;

    private static final int PORT = 2;
    private static final int IPV4_ADDRESS = 4;
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_ADDRESS = 8;
    private static final int IPV6_BYTES = 16;

    /** Where it binds to; a v4-mapped address is the IPv4 one. Empty for a family that has no reuseport groups. */
    Optional<InetSocketAddress> target() throws IOException {
        if (address < 0 || length < 0 || length > LONGEST_TAKEN) {
            return Optional.empty(); // the kernel refuses it
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.min(length, LONGEST)).order(ByteOrder.BIG_ENDIAN);
        try (FileChannel memory = FileChannel.open(Path.of("/proc/" + task + "/mem"))) {
            while (bytes.hasRemaining() && memory.read(bytes, address + bytes.position()) > 0) {}
        }
        short family = bytes.order(ByteOrder.nativeOrder()).getShort(0);
        int port = Short.toUnsignedInt(bytes.order(ByteOrder.BIG_ENDIAN).getShort(PORT));
        return switch (family) {
            case Abi.AF_INET -> Optional.of(new InetSocketAddress(host(bytes, IPV4_ADDRESS, IPV4_BYTES), port));
            case Abi.AF_INET6 ->
                length < LONGEST
                        ? Optional.empty() // the kernel refuses it
                        : Optional.of(new InetSocketAddress(host(bytes, IPV6_ADDRESS, IPV6_BYTES), port));
            default -> Optional.empty();
        };
    }

    private static InetAddress host(ByteBuffer address, int at, int length) throws IOException {
        byte[] host = new byte[length];
        address.get(at, host);
        return InetAddress.getByAddress(host);
    }

    /**
     * Duplicates the socket.
     *
     * @throws IOException if the process may not be looked into, or has gone
     */
    Fd socket() throws IOException {
        long pid = process();
        try (Pidfd process = Pidfd.open(pid).orElseThrow(() -> new IOException("pid " + pid + " has ended"))) {
            return process.duplicate(descriptor);
        }
    }

    private long process() throws IOException {
        // A program's name may be any bytes.
        for (String line : Files.readAllLines(Path.of("/proc/" + task + "/status"), StandardCharsets.ISO_8859_1)) {
            if (line.startsWith(TGID)) {
                return Long.parseLong(line.substring(TGID.length()).strip());
            }
        }
        throw new IOException("/proc/" + task + "/status has no " + TGID);
    }

    static Optional<Transport> transport(Fd socket) throws LinuxException {
        int type = SocketOptions.get(socket, "SO_TYPE", Abi.SOL_SOCKET, SO_TYPE, Integer.BYTES)
                .getInt(0);
        return switch (type) {
            case Abi.SOCK_STREAM -> Optional.of(Transport.TCP);
            case Abi.SOCK_DGRAM -> Optional.of(Transport.UDP);
            default -> Optional.empty();
        };
    }
}
