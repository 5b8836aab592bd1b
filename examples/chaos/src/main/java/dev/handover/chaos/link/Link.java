package dev.handover.chaos.link;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Two hosts with a slow link between them, on one machine: two network namespaces, and packets carried between them in
 * user space, each a fixed time after it was sent, their order kept. The server's addresses are 10.77.0.2 and fd77::2;
 * the client's are 10.77.0.1 and 10.77.0.10 to 10.77.0.40, and the same under fd77::, so that a load does not run out of
 * ports.
 *
 * <p>Closing it, or the end of the JVM by anything but SIGKILL, ends what runs in the namespaces and removes them.
 */
public final class Link implements AutoCloseable {
    public static final String SERVER_ADDRESS = "10.77.0.2";
    public static final String SERVER_ADDRESS_6 = "fd77::2";

    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final List<Integer> CLIENT_ADDRESSES = IntStream.concat(
                    IntStream.of(1), IntStream.rangeClosed(10, 40))
            .boxed()
            .toList();
    private static final AtomicInteger LINKS = new AtomicInteger();

    private final Duration delay;
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private final Thread hook = new Thread(this::tearDown, "link tear-down");
    private final String id = ProcessHandle.current().pid() + "x" + LINKS.incrementAndGet();
    private boolean isTornDown;
    private final Namespace client;
    private final Namespace server;
    private final Relay relay;

    private Link(Duration delay) throws IOException {
        this.delay = delay;
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            LibC libc = LibC.load();
            Tun clientDevice = own(Tun.create(libc, "hc" + id));
            Tun serverDevice = own(Tun.create(libc, "hs" + id));
            client = own(Namespace.create("handover-client-" + id));
            server = own(Namespace.create("handover-server-" + id));
            client.takeIn(clientDevice, CLIENT_ADDRESSES);
            server.takeIn(serverDevice, List.of(2));
            relay = own(new Relay(libc, clientDevice, serverDevice, delay.toNanos()));
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /**
     * Makes a link; root only.
     *
     * @param delay each way, 0 to 10 s: the round trip is twice that
     * @throws IOException if this is not root, {@code ip} or /dev/net/tun is missing, or the kernel refuses; nothing is
     *     left behind
     */
    public static Link open(Duration delay) throws IOException {
        if (delay.isNegative() || delay.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("a link's delay is 0 to 10 s, not " + delay);
        }
        @Nullable String obstacle = obstacle();
        if (obstacle != null) {
            throw new IOException(obstacle);
        }
        return new Link(delay);
    }

    /** Why there can be no link here, or null. */
    public static @Nullable String obstacle() {
        try {
            if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
                return "a link needs root, for its network namespaces and TUN devices";
            }
            Ip.run("-V");
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
        return Files.exists(Path.of("/dev/net/tun")) ? null : "a link needs /dev/net/tun, which is missing here";
    }

    public String clientNamespace() {
        return client.name();
    }

    public String serverNamespace() {
        return server.name();
    }

    /** The command, to run in the client's namespace. */
    public List<String> inClient(List<String> command) {
        return client.exec(command);
    }

    /** The command, to run in the server's namespace. */
    public List<String> inServer(List<String> command) {
        return server.exec(command);
    }

    /** {@code CLIENT_NS} and {@code SERVER_NS}, for commands that enter the namespaces themselves. */
    public Map<String, String> environment() {
        return Map.of("CLIENT_NS", client.name(), "SERVER_NS", server.name());
    }

    /** The client's addresses in the target's family. */
    public List<String> clientAddresses(InetAddress target) {
        String prefix = target instanceof Inet6Address ? "fd77::" : "10.77.0.";
        return CLIENT_ADDRESSES.stream().map(n -> prefix + n).toList();
    }

    /**
     * What it has carried so far.
     *
     * @throws IOException if it has stopped carrying
     */
    public LinkCounts counts() throws IOException {
        @Nullable IOException failure = relay.failure();
        if (failure != null) {
            throw new IOException("the link broke: " + failure.getMessage(), failure);
        }
        return relay.counts(delay.toNanos() / (double) TimeUnit.MILLISECONDS.toNanos(1));
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is on its way down: the hook does it, or has done it.
            return;
        }
        tearDown();
    }

    private <T extends AutoCloseable> T own(T part) throws IOException {
        synchronized (owned) {
            owned.push(part);
            if (isTornDown) {
                tearDown();
                throw new IOException("the link was torn down while it was made");
            }
        }
        return part;
    }

    private void tearDown() {
        synchronized (owned) {
            isTornDown = true;
            while (!owned.isEmpty()) {
                try {
                    owned.pop().close();
                } catch (Exception e) {
                    // One part that won't go must not keep the others.
                    System.err.println("link tear-down: " + e.getMessage());
                }
            }
        }
    }
}
