package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Tries what a handover needs of this host, on sockets and a process of its own: a version number would not say. */
public final class HostProbe {
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final Path NOWHERE = Path.of("/dev/null");
    /** A child that does nothing, and not for long should this process die meanwhile. */
    private static final Program SLEEP = new Program(
            Path.of("/bin/sh"),
            List.of(CString.of("sh"), CString.of("-c"), CString.of("exec sleep 60")),
            List.of(CString.of("PATH=/bin:/usr/bin")),
            Path.of("/"),
            NOWHERE,
            NOWHERE);

    private HostProbe() {}

    /**
     * Finds, holds, places and steers two listeners.
     *
     * @return what the kernel said against it; empty if it can be done
     */
    public static Optional<String> steering() {
        List<HeldListener> held = new ArrayList<>();
        try (ServerSocketChannel first = listener(0);
                ServerSocketChannel second = listener(first.socket().getLocalPort());
                SockDiag sockets = new SockDiag()) {
            ListenAddress address = new ListenAddress(
                    Transport.TCP,
                    InetAddress.getByAddress(LOOPBACK),
                    second.socket().getLocalPort(),
                    false);
            ListenerSearch search =
                    new ListenerProbe(sockets).search(ProcessHandle.current().pid(), List.of(address));
            for (OwnedSocket socket : Objects.requireNonNull(search.found().get(address))) {
                held.add(HeldListener.hold(socket, address));
            }
            GroupOrder.find(held, List.of(0, 1), Optional.of(Choice.among(0)), Optional.empty());
            return Optional.empty();
        } catch (IOException refused) {
            return Optional.of(Why.of(refused));
        } finally {
            held.forEach(HeldListener::close);
        }
    }

    /**
     * Intercepts the binds of a thread of its own.
     *
     * @return what the kernel said against it; empty if it can be done
     */
    public static Optional<String> intercepting() {
        try {
            return Aside.call("intercepting-probe", () -> {
                BindNotices.ofThisThread().close();
                return Optional.empty();
            });
        } catch (IOException refused) {
            return Optional.of(Why.of(refused));
        }
    }

    private static ServerSocketChannel listener(int port) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.INET);
        listener.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        return listener.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port));
    }

    /**
     * Duplicates a descriptor of a child.
     *
     * @return what the kernel said against it; empty if it can be done
     */
    public static Optional<String> holding() {
        long child;
        try {
            child = Launcher.start(SLEEP);
        } catch (IOException notStarted) {
            return Optional.of("no child to try it with: " + Why.of(notStarted));
        }
        try (Pidfd process = Pidfd.open(child).orElseThrow();
                Fd duplicate = process.duplicate(0)) {
            return duplicate.number() < 0 ? Optional.of("no descriptor") : Optional.empty();
        } catch (LinuxException refused) {
            return Optional.of(String.valueOf(refused.getMessage()));
        } finally {
            Children.end(child);
        }
    }
}
