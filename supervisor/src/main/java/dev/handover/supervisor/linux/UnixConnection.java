package dev.handover.supervisor.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import jnr.constants.platform.Errno;

/**
 * One peer of a {@link UnixServer}. One thread reads at a time, and only as long as the one that the server started for it serves it; any thread may
 * {@link #send} or {@link #close}.
 */
public final class UnixConnection implements AutoCloseable {
    /** How long {@link #send} waits for a peer that does not read. */
    public static final Duration LONGEST_SEND = Duration.ofSeconds(5);

    private static final int READ_BYTES = 8192;
    private static final int USUAL_GROUPS = 64;

    private final Fd fd;
    private final PeerCredentials peer;
    private final Object sending = new Object();
    /** Guards {@link #released}, so that no shutdown reaches a number that means something else by now. */
    private final Object lifecycle = new Object();

    private boolean released;
    private volatile boolean closed;

    /**
     * Loads what a connection stands on, by one that leads nowhere: classes that can't be initialised because descriptors are
     * short when the first peer comes could not be for any other, either.
     */
    static void prepare() throws IOException {
        String subject = "a connection to nobody";
        int type = Abi.SOCK_STREAM | Abi.SOCK_CLOEXEC;
        new UnixConnection(new Fd(
                        Kernel.call("socket", subject, () -> Kernel.LIBC.socket(Abi.AF_UNIX, type, 0)), subject))
                .release();
    }

    /** Takes the descriptor over, and closes it if this fails. */
    UnixConnection(Fd fd) throws IOException {
        this.fd = fd;
        try {
            SocketOptions.sendTimeout(fd, LONGEST_SEND);
            peer = SocketOptions.peer(fd);
        } catch (IOException | RuntimeException | LinkageError e) {
            fd.close();
            throw e;
        }
    }

    /** Who connected. */
    public PeerCredentials peer() {
        return peer;
    }

    /**
     * Whether the process that connected has ended: its pid may be another's since (SO_PEERPIDFD, Linux 6.5). False where the
     * kernel can't tell.
     */
    public boolean peerHasEnded() throws LinuxException {
        try (Fd process = new Fd(
                SocketOptions.get(fd, "SO_PEERPIDFD", Abi.SOL_SOCKET, Abi.SO_PEERPIDFD, Integer.BYTES)
                        .getInt(0),
                peer.toString())) {
            Poll poll = new Poll(List.of(process));
            poll.await(0);
            return poll.ready(0);
        } catch (LinuxException e) {
            if (e.is(Errno.ESRCH) || e.is(Errno.EINVAL)) {
                return true; // and reaped: which of the two, differs among kernels
            }
            if (e.is(Errno.ENOPROTOOPT) || e.is(Errno.ENODATA)) {
                return false;
            }
            throw e;
        }
    }

    /** Whether the peer was in a group when it connected, be it by a supplementary one. */
    public boolean peerIsIn(int gid) throws LinuxException {
        if (peer.gid() == gid) {
            return true;
        }
        try {
            return groups(USUAL_GROUPS).contains(gid);
        } catch (LinuxException e) {
            if (e.is(Errno.ERANGE)) {
                return groups(Account.MOST_GROUPS).contains(gid);
            }
            throw e;
        }
    }

    private List<Integer> groups(int most) throws LinuxException {
        ByteBuffer ids =
                SocketOptions.getWhole(fd, "SO_PEERGROUPS", Abi.SOL_SOCKET, Abi.SO_PEERGROUPS, most * Integer.BYTES);
        List<Integer> groups = new ArrayList<>();
        while (ids.hasRemaining()) {
            groups.add(ids.getInt());
        }
        return groups;
    }

    /**
     * What the peer sends; ends when the peer or this side closes, after what the peer had sent by then. To be read by
     * one thread at a time, before the connection's own has ended.
     */
    public InputStream input() {
        return new Input();
    }

    /** {@link #send} as a stream: each write goes out whole. */
    public OutputStream output() {
        return new Output();
    }

    /**
     * Sends all the bytes; those of other threads come before or after them, never between.
     *
     * @throws IOException if the peer has gone, or has not read for {@link #LONGEST_SEND}; the connection is closed then,
     *     for the peer may have got a part of the bytes
     */
    public void send(byte[] bytes) throws IOException {
        send(bytes, 0);
    }

    /**
     * {@link #send(byte[])} without a wait.
     *
     * @throws IOException also if the peer has left so much unread that no more fits; the connection is closed then
     */
    public void sendNow(byte[] bytes) throws IOException {
        send(bytes, Abi.MSG_DONTWAIT);
    }

    private void send(byte[] bytes, int flags) throws IOException {
        synchronized (sending) {
            try {
                sendAll(ByteBuffer.wrap(bytes), flags);
            } catch (IOException e) {
                close();
                throw e;
            }
        }
    }

    /**
     * {@link #sendNow(byte[])}, with a duplicate of a listener, which the peer finds with the first byte (SCM_RIGHTS).
     *
     * @param bytes at least 1
     * @param passed stays this process's too
     */
    public void sendNow(byte[] bytes, HeldListener passed) throws IOException {
        if (bytes.length == 0) {
            throw new IllegalArgumentException("a descriptor is passed with at least 1 byte");
        }
        synchronized (sending) {
            try {
                if (closed) {
                    throw new ClosedChannelException();
                }
                ByteBuffer all = ByteBuffer.wrap(bytes);
                all.position(PassedDescriptor.send(fd, all, passed.fd(), passed + " to " + peer));
                sendAll(all, Abi.MSG_DONTWAIT);
            } catch (IOException e) {
                close();
                throw e;
            }
        }
    }

    private void sendAll(ByteBuffer bytes, int flags) throws IOException {
        ByteBuffer rest =
                ByteBuffer.allocateDirect(bytes.remaining()).put(bytes).flip();
        while (rest.hasRemaining()) {
            if (closed) {
                throw new ClosedChannelException();
            }
            rest.position(rest.position() + sent(rest, flags));
        }
    }

    private int sent(ByteBuffer rest, int flags) throws IOException {
        try {
            return (int) Kernel.callLong(
                    "send",
                    peer.toString(),
                    () -> Kernel.LIBC.send(fd.number(), rest.slice(), rest.remaining(), Abi.MSG_NOSIGNAL | flags));
        } catch (LinuxException e) {
            if (e.is(Errno.EAGAIN)) {
                String what = flags == 0 ? " has not read for " + LONGEST_SEND.toSeconds() + " s" : " does not read";
                throw new IOException(peer + what, e);
            }
            throw e;
        }
    }

    /** Ends both directions at once, and with them reads and sends that wait. Later calls do nothing. */
    @Override
    public void close() {
        closed = true;
        synchronized (lifecycle) {
            if (!released) {
                // Not close(2): that would leave a blocked read blocked, on a number that may be given out again. The
                // result does not matter: a socket whose peer has gone is as good as shut down.
                Kernel.LIBC.shutdown(fd.number(), Abi.SHUT_RDWR);
            }
        }
    }

    /** Gives the descriptor back, once its reader has ended. */
    void release() {
        close();
        // A send under way ends now, because of the shutdown; a later one sees 'closed'.
        synchronized (sending) {
            synchronized (lifecycle) {
                released = true;
                fd.close();
            }
        }
    }

    private final class Input extends InputStream {
        private final ByteBuffer room = ByteBuffer.allocateDirect(READ_BYTES);

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, into.length);
            if (length == 0) {
                return 0;
            }
            try {
                int most = Math.min(length, READ_BYTES);
                int read = (int) Kernel.callLong(
                        "read", peer.toString(), () -> Kernel.LIBC.read(fd.number(), room.clear(), most));
                room.get(into, offset, read);
                return read == 0 ? -1 : read;
            } catch (LinuxException e) {
                // The peer closed without having read everything: for a reader, an end like any other.
                if (e.is(Errno.ECONNRESET)) {
                    return -1;
                }
                throw e;
            }
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int one) throws IOException {
            send(new byte[] {(byte) one});
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            send(Arrays.copyOfRange(bytes, offset, offset + length));
        }
    }
}
