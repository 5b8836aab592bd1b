package dev.handover.worker.adopt;

import dev.handover.worker.Adopter;
import dev.handover.worker.ListenAddress;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A listener that came as a bare descriptor, as a channel. The JDK makes none of a descriptor: so it opens one of its own,
 * on a loopback port that nobody knows, whose number then stands for the other listener (dup2(2)).
 */
final class AdoptedListener implements Adopter.Orphan {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final String LISTENING = "0A";
    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private final ListenAddress address;
    private final ServerSocketChannel channel;
    private final int number;

    private AdoptedListener(ListenAddress address, ServerSocketChannel channel, int number) {
        this.address = address;
        this.channel = channel;
        this.number = number;
    }

    /**
     * Makes a channel of a listener.
     *
     * @param listener its descriptor; closed, whether this succeeds or not
     * @param address its family is the channel's
     */
    static AdoptedListener open(int listener, ListenAddress address) throws IOException {
        try {
            StandardProtocolFamily family =
                    address.isIpv6() ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
            ServerSocketChannel channel = ServerSocketChannel.open(family);
            try {
                channel.bind(
                        new InetSocketAddress(InetAddress.getByName(address.isIpv6() ? "::1" : "127.0.0.1"), 0), 1);
                int number = number(channel);
                Posix.move(listener, number);
                return new AdoptedListener(address, channel, number);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            Posix.close(listener);
            throw e;
        }
    }

    @Override
    public ListenAddress address() {
        return address;
    }

    @Override
    public ServerSocketChannel channel() {
        return channel;
    }

    @Override
    public boolean isOver() throws IOException {
        return !channel.isOpen() || !Posix.isListening(number);
    }

    /** The descriptor behind a channel: the one whose inode listens at its address. */
    static int number(ServerSocketChannel channel) throws IOException {
        InetSocketAddress address = (InetSocketAddress) channel.getLocalAddress();
        String inode;
        try (Stream<String> rows =
                Files.lines(Path.of("/proc/self/net", address.getAddress() instanceof Inet6Address ? "tcp6" : "tcp"))) {
            inode = inode(rows, address);
        }
        Path socket = Path.of("socket:[" + inode + "]");
        try (DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path one : all) {
                if (socket.equals(target(one))) {
                    return Integer.parseInt(one.getFileName().toString());
                }
            }
        }
        throw new IOException("no descriptor of this process listens at " + address);
    }

    private static @Nullable Path target(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor);
        } catch (NoSuchFileException | NotLinkException e) {
            return null; // A connection that ended since the directory was read. A server has those all the time.
        }
    }

    /** The kernel lists listeners first. Under load there are many thousands of rows after them: they stay unread. */
    static String inode(Stream<String> rows, InetSocketAddress address) throws IOException {
        String listed = listed(address);
        return rows.skip(1)
                .map(row -> row.strip().split(" +"))
                .takeWhile(columns -> columns[STATE].equals(LISTENING))
                .filter(columns -> columns[LOCAL_ADDRESS].equals(listed))
                .map(columns -> columns[INODE])
                .findFirst()
                .orElseThrow(() -> new IOException("the kernel lists no listener at " + address));
    }

    /** The address as the kernel lists it: in words of 32 bits, each in this machine's byte order. */
    private static String listed(InetSocketAddress address) {
        ByteBuffer words = ByteBuffer.wrap(address.getAddress().getAddress()).order(ByteOrder.nativeOrder());
        StringBuilder text = new StringBuilder();
        while (words.hasRemaining()) {
            text.append(String.format(Locale.ROOT, "%08X", words.getInt()));
        }
        return text.append(String.format(Locale.ROOT, ":%04X", address.getPort()))
                .toString();
    }
}
