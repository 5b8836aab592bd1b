package dev.handover.worker.adopt;

import dev.handover.worker.ListenAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A listener that came as a bare descriptor, as a channel. The JDK makes none of a descriptor: so it opens one of its own,
 * on a loopback port that nobody knows, whose number then stands for the other listener (dup2(2)).
 */
final class AdoptedListener {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final String LISTENING = "0A";
    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private AdoptedListener() {}

    /**
     * Makes a channel of a listener.
     *
     * @param listener its descriptor; closed, whether this succeeds or not
     * @param address its family is the channel's
     */
    static ServerSocketChannel open(int listener, ListenAddress address) throws IOException {
        try {
            StandardProtocolFamily family =
                    address.isIpv6() ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
            ServerSocketChannel channel = ServerSocketChannel.open(family);
            try {
                channel.bind(
                        new InetSocketAddress(InetAddress.getByName(address.isIpv6() ? "::1" : "127.0.0.1"), 0), 1);
                Posix.move(listener, number(channel, address.isIpv6()));
                return channel;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            Posix.close(listener);
            throw e;
        }
    }

    /** The descriptor behind a channel: the one whose inode listens at its port. */
    private static int number(ServerSocketChannel channel, boolean ipv6) throws IOException {
        int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
        String socket = "socket:[" + inode(port, ipv6) + "]";
        try (DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path one : all) {
                if (Files.isSymbolicLink(one)
                        && Files.readSymbolicLink(one).toString().equals(socket)) {
                    return Integer.parseInt(one.getFileName().toString());
                }
            }
        }
        throw new IOException("no descriptor of this process listens on port " + port);
    }

    private static String inode(int port, boolean ipv6) throws IOException {
        String end = String.format(Locale.ROOT, ":%04X", port);
        for (String row : Files.readAllLines(Path.of("/proc/self/net", ipv6 ? "tcp6" : "tcp"))) {
            String[] columns = row.strip().split(" +");
            if (columns[LOCAL_ADDRESS].endsWith(end) && columns[STATE].equals(LISTENING)) {
                return columns[INODE];
            }
        }
        throw new IOException("the kernel lists no listener on port " + port);
    }
}
