package dev.handover.supervisor.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import jnr.constants.platform.Errno;

/**
 * A Unix socket's name in the file system, of mode 0600 in a {@link PrivateFolder}. Taking it and giving it up happen
 * under a lock, so that of two daemons that start at once, neither removes the other's.
 */
final class SocketFile implements AutoCloseable {
    private final Path path;
    private final Object identity;

    private SocketFile(Path path, Object identity) {
        this.path = path;
        this.identity = identity;
    }

    /** Makes a bound socket ready for peers, before any other daemon can look at its path. */
    interface Opening {
        void run() throws LinuxException;
    }

    /**
     * Binds the socket to the path, and removes a socket found there on which nobody answers.
     *
     * @param type of the socket: SOCK_STREAM or SOCK_DGRAM
     * @param opening what makes a peer's connect succeed from now on, such as listen(2)
     * @throws IOException if the path is too long, in a folder that isn't private, not a socket, or in use
     */
    static SocketFile bind(Path path, Fd socket, int type, Opening opening) throws IOException {
        byte[] address = UnixAddress.of(path);
        PrivateFolder.ensure(
                Objects.requireNonNull(path.toAbsolutePath().getParent(), "a socket's path names a folder"));
        try (LockFile lock = LockFile.hold(lock(path))) {
            Objects.requireNonNull(lock);
            removeStale(path, address, type);
            // Before bind, which gives the file the socket's mode: the file is never open to others.
            Kernel.call("fchmod", path.toString(), () -> Kernel.LIBC.fchmod(socket.number(), 0600));
            Kernel.call("bind", path.toString(), () -> Kernel.LIBC.bind(socket.number(), address, address.length));
            opening.run();
            return new SocketFile(path, identity(path));
        }
    }

    /** From now on it is for that user, and for root. */
    void giveTo(Account account) throws IOException {
        Files.setAttribute(path, "unix:uid", account.uid(), LinkOption.NOFOLLOW_LINKS);
    }

    /** From now on it is for that group, too. */
    void shareWith(int gid) throws IOException {
        Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
    }

    /** Removes the file, unless another socket has taken its place. */
    @Override
    public void close() throws IOException {
        try (LockFile lock = LockFile.hold(lock(path))) {
            Objects.requireNonNull(lock);
            if (identity.equals(identity(path))) {
                Files.delete(path);
            }
        } catch (NoSuchFileException e) {
            // Somebody removed it before: what was wanted.
        }
    }

    private static Object identity(Path path) throws IOException {
        return Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }

    private static Path lock(Path path) {
        return path.resolveSibling(path.getFileName() + ".lock");
    }

    private static void removeStale(Path path, byte[] address, int type) throws IOException {
        int mode;
        try {
            mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return;
        }
        if ((mode & Abi.S_IFMT) != Abi.S_IFSOCK) {
            throw new IOException(path + " exists and is not a socket; remove it, or name another path");
        }
        String subject = path.toString();
        // Not blocking: a live daemon whose queue of connections is full must not hold up this one.
        int flags = type | Abi.SOCK_CLOEXEC | Abi.SOCK_NONBLOCK;
        try (Fd probe =
                new Fd(Kernel.call("socket", subject, () -> Kernel.LIBC.socket(Abi.AF_UNIX, flags, 0)), subject)) {
            Kernel.call("connect", subject, () -> Kernel.LIBC.connect(probe.number(), address, address.length));
            throw inUse(
                    path,
                    type == Abi.SOCK_STREAM
                            ? " (pid " + SocketOptions.peer(probe).pid() + ")"
                            : "");
        } catch (LinuxException e) {
            if (e.is(Errno.EAGAIN) || e.is(Errno.EPROTOTYPE)) {
                throw inUse(path, "");
            }
            if (!e.is(Errno.ECONNREFUSED)) {
                throw e;
            }
            Files.deleteIfExists(path);
        }
    }

    private static IOException inUse(Path path, String who) {
        return new IOException(path + " is in use: another process" + who + " answers there");
    }
}
