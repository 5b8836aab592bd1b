package dev.handover.supervisor.linux;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import jnr.constants.platform.Errno;

/**
 * A file in a {@link PrivateFolder} that is there as long as one process holds its lock, and gone afterwards. Not the
 * folder itself: that has a lock for as long as the supervisor lives ({@link KeptFolder}).
 */
final class LockFile implements AutoCloseable {
    private final Path path;
    private final Fd fd;

    private LockFile(Path path, Fd fd) {
        this.path = path;
        this.fd = fd;
    }

    /** Waits without a limit: it is held for a few calls only, and ends with its holder. */
    static LockFile hold(Path path) throws IOException {
        while (true) {
            try {
                Files.createFile(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            } catch (FileAlreadyExistsException another) {
                // Of one who holds it now, or was killed while he did.
            }
            Optional<LockFile> held = holdThis(path);
            if (held.isPresent()) {
                return held.get();
            }
        }
    }

    /** Empty if whoever held it before has removed it. */
    private static Optional<LockFile> holdThis(Path path) throws IOException {
        Fd fd;
        try {
            fd = locked(path);
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
        Optional<LockFile> held = Optional.empty();
        try {
            if (isStillThere(path, fd)) {
                held = Optional.of(new LockFile(path, fd));
            }
            return held;
        } catch (NoSuchFileException removed) {
            return held;
        } finally {
            if (held.isEmpty()) {
                fd.close();
            }
        }
    }

    private static Fd locked(Path path) throws LinuxException {
        byte[] name = CString.of(path.toString()).terminated();
        int flags = Abi.O_RDONLY | Abi.O_CLOEXEC;
        Fd fd = new Fd(Kernel.call("open", path.toString(), () -> Kernel.LIBC.open(name, flags)), path.toString());
        try {
            Kernel.call("flock", path.toString(), () -> Kernel.LIBC.flock(fd.number(), Abi.LOCK_EX));
            return fd;
        } catch (LinuxException e) {
            fd.close();
            throw e;
        }
    }

    private static boolean isStillThere(Path path, Fd fd) throws IOException {
        return Files.getAttribute(Path.of("/proc/self/fd/" + fd.number()), "unix:ino")
                .equals(Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS));
    }

    /** Removed while it is held: nobody finds one that is nobody's. */
    @Override
    public void close() throws IOException {
        try (fd) {
            Files.deleteIfExists(path);
        }
    }
}
