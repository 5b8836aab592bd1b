package dev.handover.supervisor.linux;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Tries whether a connection that the kernel moves from a closing listener to another ({@code tcp_migrate_req}) wakes who
 * waits there. Where connections are not moved, that takes a network namespace of its own, and so root's rights.
 */
public final class MigrationProbe {
    /** Of unshare(2). */
    private static final int CLONE_NEWNET = 0x40000000;
    /** Of netdevice(7): a struct ifreq has the interface's name, and then its flags. */
    private static final int SIOCSIFFLAGS = 0x8914;

    private static final int IFREQ_BYTES = 40;
    private static final int IFREQ_FLAGS = 16;
    private static final short IFF_UP = 1;

    private static final Path SETTING = Path.of("/proc/sys/net/ipv4/tcp_migrate_req");
    /** Waking takes microseconds. */
    private static final int WOKEN_WITHIN_MILLIS = 200;

    private static final int LONGEST_SECONDS = 10;

    private MigrationProbe() {}

    /**
     * Any thread may call it; takes some milliseconds, and a fifth of a second where nobody is woken.
     *
     * @return whether who waits is woken
     * @throws IOException why it can't be tried here
     */
    public static boolean wakes() throws IOException {
        // Its own thread: a namespace is a thread's, and is gone with it.
        FutureTask<Boolean> trial = new FutureTask<>(MigrationProbe::tried);
        Thread thread = new Thread(trial, "migration-probe");
        thread.setDaemon(true);
        thread.start();
        try {
            return trial.get(LONGEST_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException refused) {
            Throwable why = Objects.requireNonNullElse(refused.getCause(), refused);
            throw new IOException(why.getMessage(), why);
        } catch (TimeoutException late) {
            throw new IOException("no result within " + LONGEST_SECONDS + " s", late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a migration was tried", interrupted);
        }
    }

    private static boolean tried() throws IOException {
        boolean moved = KernelSettings.migratesRequests();
        if (!moved) {
            // What is loaded and started with the first use, threads among it, must not come to be in there.
            migrate();
            enterNamespace();
        }
        Moved one = migrate();
        if (one == Moved.NOT) {
            throw new IOException("the kernel did not move a connection from a listener that was closed");
        }
        return one == Moved.AND_WOKE;
    }

    private static void enterNamespace() throws IOException {
        Kernel.call("unshare", "a network namespace to try migration in", () -> Kernel.LIBC.unshare(CLONE_NEWNET));
        ByteBuffer loopback = ByteBuffer.allocateDirect(IFREQ_BYTES).order(ByteOrder.nativeOrder());
        loopback.put(0, (byte) 'l').put(1, (byte) 'o').putShort(IFREQ_FLAGS, IFF_UP);
        int type = Abi.SOCK_DGRAM | Abi.SOCK_CLOEXEC;
        try (Fd socket =
                new Fd(Kernel.call("socket", "loopback", () -> Kernel.LIBC.socket(Abi.AF_INET, type, 0)), "loopback")) {
            Kernel.call("ioctl", "loopback", () -> Kernel.LIBC.ioctl(socket.number(), SIOCSIFFLAGS, loopback));
        }
        Files.writeString(SETTING, "1");
    }

    private enum Moved {
        NOT,
        AND_WOKE,
        AND_WOKE_NOBODY
    }

    private static Moved migrate() throws IOException {
        ServerSocketChannel closing = listener(0);
        InetSocketAddress address = (InetSocketAddress) closing.getLocalAddress();
        // The client is in the queue of the only listener there is; then there is a second, with someone who waits.
        try (Selector selector = Selector.open();
                SocketChannel client = SocketChannel.open(address);
                ServerSocketChannel other = listener(address.getPort())) {
            other.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
            selector.selectNow();
            closing.close();
            boolean woken = selector.select(WOKEN_WITHIN_MILLIS) > 0;
            try (SocketChannel accepted = other.accept()) {
                return accepted == null || !client.isConnected()
                        ? Moved.NOT
                        : woken ? Moved.AND_WOKE : Moved.AND_WOKE_NOBODY;
            }
        } finally {
            closing.close();
        }
    }

    private static ServerSocketChannel listener(int port) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.INET);
        try {
            return listener.setOption(StandardSocketOptions.SO_REUSEPORT, true)
                    .bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
        } catch (IOException refused) {
            listener.close();
            throw refused;
        }
    }
}
