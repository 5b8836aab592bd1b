package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import jnr.constants.platform.Errno;

/**
 * Tells the service manager that started this process how it is doing, as sd_notify(3) does. Without
 * {@code NOTIFY_SOCKET} in the environment there is nobody to tell, and every call does nothing.
 */
public final class SystemdNotifier {
    /** The longest wait for a service manager that does not read. */
    private static final Duration LONGEST_SEND = Duration.ofSeconds(5);

    private final Optional<String> socket;
    private final Optional<Duration> watchdog;
    /** Kept: there may be no descriptor for another one when the watchdog is to hear of us. */
    private Optional<DatagramPeer> manager = Optional.empty();

    private SystemdNotifier(Optional<String> socket, Optional<Duration> watchdog) {
        this.socket = socket;
        this.watchdog = watchdog;
    }

    /**
     * Reads {@code NOTIFY_SOCKET}, {@code WATCHDOG_USEC} and {@code WATCHDOG_PID}. One that can't be understood counts as
     * not set: the service manager's time-out shows the fault, where refusing to start would hide it.
     *
     * @param environment of this process
     * @param pid of this process
     */
    public static SystemdNotifier of(Map<String, String> environment, long pid) {
        Optional<String> socket = Optional.ofNullable(environment.get("NOTIFY_SOCKET"))
                .filter(name -> name.length() > 1 && (name.startsWith("/") || name.startsWith("@")));
        boolean forUs = Optional.ofNullable(environment.get("WATCHDOG_PID"))
                .map(Long.toString(pid)::equals)
                .orElse(true);
        Optional<Duration> watchdog = Optional.ofNullable(environment.get("WATCHDOG_USEC"))
                .filter(micros -> forUs && micros.matches("[1-9][0-9]{0,14}"))
                .map(micros -> Duration.ofNanos(Long.parseLong(micros) * 1000));
        return new SystemdNotifier(socket, watchdog);
    }

    /** Whether there is a service manager to tell. */
    public boolean connected() {
        return socket.isPresent();
    }

    /**
     * The longest time the service manager lets pass between two {@code WATCHDOG=1}, if it wants them; sd_watchdog_enabled(3)
     * asks for one every half of it.
     */
    public Optional<Duration> watchdog() {
        return watchdog;
    }

    /**
     * Sends one datagram.
     *
     * @param state newline-separated assignments, such as {@code READY=1\nSTATUS=serving}
     * @throws IOException if the service manager's socket is gone or full
     */
    public synchronized void send(String state) throws IOException {
        if (socket.isEmpty()) {
            return;
        }
        byte[] message = state.getBytes(StandardCharsets.UTF_8);
        try {
            if (manager.isPresent() && isSent(message, manager.get())) {
                return;
            }
            DatagramPeer anew = connect(socket.get());
            manager = Optional.of(anew);
            anew.send(message);
        } catch (IOException e) {
            throw new IOException("the service manager was not told at " + socket.get() + ": " + Why.of(e), e);
        }
    }

    /** False if that one is there no more, as when it has started anew. */
    private boolean isSent(byte[] message, DatagramPeer to) throws LinuxException {
        try {
            to.send(message);
            return true;
        } catch (LinuxException refused) {
            if (refused.is(Errno.EAGAIN)) {
                throw refused; // it does not read, and was waited for
            }
            to.close();
            manager = Optional.empty();
            return false;
        }
    }

    private static DatagramPeer connect(String name) throws IOException {
        // '@' stands for the NUL byte that begins an abstract name, one without a file.
        DatagramPeer peer = DatagramPeer.connect(
                name.startsWith("@") ? UnixAddress.ofName(name.substring(1)) : UnixAddress.of(Path.of(name)), name);
        try {
            SocketOptions.sendTimeout(peer.socket(), LONGEST_SEND);
            return peer;
        } catch (LinuxException refused) {
            peer.close();
            throw refused;
        }
    }
}
