package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import jnr.constants.platform.Errno;

/** Where workers send sd_notify datagrams: a bound Unix datagram socket, and one daemon thread that reads it. */
public final class NotifySocket implements AutoCloseable {
    /** The longest datagram that is understood, in bytes: systemd's own limit. A longer one is reported and ignored. */
    public static final int LONGEST_DATAGRAM = 4096;

    private final Path path;
    private final Consumer<Notification> each;
    private final Consumer<String> trouble;
    private final Fd socket;
    private final SocketFile file;
    private final WakeUp wakeUp;
    private final Thread reader;
    private volatile boolean closing;

    /**
     * Binds, with a socket file of mode 0600 in a folder that {@link PrivateFolder#ensure} makes sure of. A socket file
     * that no process holds open is replaced. Descriptors passed with a datagram are closed on receipt.
     *
     * @param path at most 107 bytes; what {@code NOTIFY_SOCKET} is set to for workers
     * @param each is given every datagram, in the order they arrived, on the reading thread
     * @param trouble is told of a datagram that is ignored, in a line for the log; called on the reading thread
     * @throws IOException if the path can't be used, with a message for users
     */
    public static NotifySocket open(Path path, Consumer<Notification> each, Consumer<String> trouble)
            throws IOException {
        NotifySocket socket = new NotifySocket(path, each, trouble);
        socket.reader.start();
        return socket;
    }

    private NotifySocket(Path path, Consumer<Notification> each, Consumer<String> trouble) throws IOException {
        this.path = path;
        this.each = each;
        this.trouble = trouble;
        String subject = path.toString();
        int type = Abi.SOCK_DGRAM | Abi.SOCK_CLOEXEC;
        socket = new Fd(Kernel.call("socket", subject, () -> Kernel.LIBC.socket(Abi.AF_UNIX, type, 0)), subject);
        try {
            wakeUp = new WakeUp(subject);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        try {
            SocketOptions.set(socket, "SO_PASSCRED", Abi.SOL_SOCKET, Abi.SO_PASSCRED, 1);
            file = SocketFile.bind(path, socket, Abi.SOCK_DGRAM, () -> {});
        } catch (IOException e) {
            socket.close();
            wakeUp.close();
            throw e;
        }
        reader = new Thread(this::readAll, path.getFileName() + "-read");
        reader.setDaemon(true);
    }

    public Path path() {
        return path;
    }

    /** Removes the socket file and ends the reading thread; datagrams not yet read are lost. */
    @Override
    public void close() throws IOException {
        closing = true;
        wakeUp.signal();
        file.close();
    }

    private void readAll() {
        try (wakeUp;
                socket) {
            Poll poll = new Poll(List.of(wakeUp.fd(), socket));
            ReceivedMessage message = new ReceivedMessage(LONGEST_DATAGRAM);
            while (!closing) {
                poll.await(Abi.INFINITE);
                if (!closing && poll.ready(1)) {
                    readOne(message);
                }
            }
        } catch (IOException e) {
            report(": reads no more notifications: " + Why.of(e));
        }
    }

    private void readOne(ReceivedMessage message) throws LinuxException {
        try {
            message.receive(socket);
        } catch (LinuxException e) {
            if (e.is(Errno.EAGAIN)) {
                return;
            }
            throw e;
        }
        PeerCredentials sender = message.sender().orElse(null);
        if (sender == null) {
            report(": ignored a notification without its sender's credentials");
        } else if (message.truncated()) {
            report(": ignored a notification of more than " + LONGEST_DATAGRAM + " bytes from " + sender);
        } else {
            Guarded.run(() -> each.accept(new Notification(sender, message.text())));
        }
    }

    private void report(String what) {
        Guarded.run(() -> trouble.accept(path + what));
    }
}
