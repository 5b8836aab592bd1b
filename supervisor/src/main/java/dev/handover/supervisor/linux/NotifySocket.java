package dev.handover.supervisor.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import jnr.constants.platform.Errno;

/** Where one worker sends sd_notify datagrams: a bound Unix datagram socket. */
public final class NotifySocket implements AutoCloseable {
    /** The longest datagram that is understood, in bytes: systemd's own limit. A longer one is reported and ignored. */
    public static final int LONGEST_DATAGRAM = 4096;

    private static final int MOST_AT_ONCE = 16;
    /** A worker that sends more in a second has to wait: the queue of its socket is short, and it is read with pauses then. */
    private static final int MOST_A_SECOND = 1000;
    /** More than the kernel queues (net.unix.max_dgram_qlen): who goes on sending after a worker's end is not heard out. */
    private static final int MOST_QUEUED = 1024;

    private final Path path;
    private final Consumer<Notification> each;
    private final Consumer<String> trouble;
    private final Fd socket;
    private final SocketFile file;
    private final ReadWatch.Watching watching;
    private final ReceivedMessage message = new ReceivedMessage(LONGEST_DATAGRAM);
    private boolean open = true;
    private long second;
    private int takenInIt;

    /**
     * Binds, with a socket file of mode 0600 in a folder that {@link PrivateFolder#ensure} makes sure of. A socket file
     * that no process holds open is replaced. Descriptors passed with a datagram are closed on receipt.
     *
     * @param path at most 107 bytes; what {@code NOTIFY_SOCKET} is set to for the worker
     * @param watch its thread reads it
     * @param each is given every datagram, in the order they arrived, by one thread at a time
     * @param trouble is told of a datagram that is ignored, in a line for the log
     * @throws IOException if the path can't be used, with a message for users
     */
    public NotifySocket(Path path, ReadWatch watch, Consumer<Notification> each, Consumer<String> trouble)
            throws IOException {
        this.path = path;
        this.each = each;
        this.trouble = trouble;
        String subject = path.toString();
        int type = Abi.SOCK_DGRAM | Abi.SOCK_CLOEXEC;
        socket = new Fd(Kernel.call("socket", subject, () -> Kernel.LIBC.socket(Abi.AF_UNIX, type, 0)), subject);
        try {
            SocketOptions.set(socket, "SO_PASSCRED", Abi.SOL_SOCKET, Abi.SO_PASSCRED, 1);
            file = SocketFile.bind(path, socket, Abi.SOCK_DGRAM, () -> {});
            watching = watch.add(socket, this::isFlood);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** From now on that user, too, may send to it; its folder is to {@linkplain PrivateFolder#letThrough let him through}. */
    public void giveTo(Account account) throws IOException {
        file.giveTo(account);
    }

    public Path path() {
        return path;
    }

    /** Takes what has been sent and not yet taken; returns after it. */
    public synchronized void takeRest() throws LinuxException {
        take(MOST_QUEUED);
    }

    private synchronized boolean isFlood() throws LinuxException {
        long now = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
        if (now != second) {
            second = now;
            takenInIt = 0;
        }
        takenInIt += take(MOST_AT_ONCE);
        return takenInIt > MOST_A_SECOND;
    }

    private int take(int most) throws LinuxException {
        int taken = 0;
        while (taken < most && open && hasTakenOne()) {
            taken++;
        }
        return taken;
    }

    private boolean hasTakenOne() throws LinuxException {
        try {
            message.receive(socket);
        } catch (LinuxException e) {
            if (e.is(Errno.EAGAIN)) {
                return false;
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
        return true;
    }

    private void report(String what) {
        Guarded.run(() -> trouble.accept(path + what));
    }

    /** Removes the socket file; datagrams not yet taken are lost. */
    @Override
    public synchronized void close() throws IOException {
        if (open) {
            open = false;
            watching.close();
            socket.close();
            file.close();
        }
    }
}
