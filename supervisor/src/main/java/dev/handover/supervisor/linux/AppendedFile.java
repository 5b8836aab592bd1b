package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import jnr.constants.platform.Errno;

/**
 * A file that is written to at its end only (O_APPEND). Its path is that of a file and of nothing else: a symbolic link
 * could lead a privileged process anywhere, and a pipe or a device would make the writer wait.
 */
public final class AppendedFile implements AutoCloseable {
    private static final String NEW = "rw-r-----";
    private static final String PRIVATE = "rw-------";

    private final Path path;
    private final Fd fd;

    private AppendedFile(Path path, Fd fd) {
        this.path = path;
        this.fd = fd;
    }

    /**
     * Opens the file that has this path, or makes one, of mode 0640 less the umask.
     *
     * @throws IOException if there is none to be had, with a message for users
     */
    public static AppendedFile open(Path path) throws IOException {
        return open(path, NEW);
    }

    /**
     * The same, of mode 0600 where it makes one.
     *
     * @throws IOException if there is none to be had, with a message for users
     */
    public static AppendedFile openPrivate(Path path) throws IOException {
        return open(path, PRIVATE);
    }

    private static AppendedFile open(Path path, String mode) throws IOException {
        try {
            Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
        } catch (FileAlreadyExistsException usual) {
            // It is gone on with.
        } catch (NoSuchFileException above) {
            throw new IOException("there is no folder " + path.resolveSibling(""), above);
        }
        requireFile(path);
        byte[] name = CString.of(path.toString()).terminated();
        int flags = Abi.O_WRONLY | Abi.O_APPEND | Abi.O_NONBLOCK | Abi.O_CLOEXEC;
        AppendedFile file = new AppendedFile(
                path,
                new Fd(Kernel.call("open", path.toString(), () -> Kernel.LIBC.open(name, flags)), path.toString()));
        try {
            // Another may have been put in its place since, and a link there was followed.
            if (!file.isStillNamed()) {
                throw new IOException(path + " is another file from one moment to the next");
            }
            return file;
        } catch (IOException other) {
            file.close();
            throw other;
        }
    }

    private static void requireFile(Path path) throws IOException {
        BasicFileAttributes there = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!there.isRegularFile()) {
            String what = there.isSymbolicLink() ? "a symbolic link" : there.isDirectory() ? "a folder" : "no file";
            throw new IOException(path + " is " + what + "; expected a file, or none yet");
        }
    }

    /** Why none could be opened there now, as far as that can be told without making one. */
    public static Optional<String> obstacle(Path path) {
        Path folder = path.resolveSibling("");
        if (!Files.isDirectory(folder)) {
            return Optional.of(Files.exists(folder) ? folder + " is no folder" : "there is no folder " + folder);
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            try {
                requireFile(path);
            } catch (IOException noFile) {
                return Optional.of(Why.of(noFile));
            }
            return Files.isWritable(path)
                    ? Optional.empty()
                    : Optional.of("this user may not write to " + path + ", or it is on a read-only file system");
        }
        return Files.isWritable(folder) && Files.isExecutable(folder)
                ? Optional.empty()
                : Optional.of("this user may make no file in " + folder + ", or it is on a read-only file system");
    }

    /** What is open, as a path that leads there whatever its name is by now. */
    private Path open() {
        return Path.of("/proc/self/fd/" + fd.number());
    }

    /** Whether the path still leads to it: it may have been moved, or removed. */
    public boolean isStillNamed() throws IOException {
        BasicFileAttributes named;
        try {
            named = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException moved) {
            return false;
        }
        return named.isRegularFile()
                && Files.readAttributes(open(), BasicFileAttributes.class)
                        .fileKey()
                        .equals(named.fileKey());
    }

    /** In bytes, as it is now: others may have truncated it. */
    public long size() throws IOException {
        return Files.size(open());
    }

    /** Gives it the mode of another one, and its owner and group where this process may. */
    public void takeAfter(AppendedFile other) throws IOException {
        for (String attribute : new String[] {"unix:gid", "unix:uid"}) {
            try {
                Files.setAttribute(open(), attribute, Files.getAttribute(other.open(), attribute));
            } catch (FileSystemException notAllowed) {
                // This user's own, then.
            }
        }
        Files.setPosixFilePermissions(open(), Files.getPosixFilePermissions(other.open()));
    }

    /**
     * Writes what is left in the buffer, from its position on.
     *
     * @param bytes direct; afterwards its position is behind what was written
     * @throws IOException if not all of it was
     */
    public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            ByteBuffer rest = bytes.slice();
            long written = Kernel.callLong(
                    "write", path.toString(), () -> Kernel.LIBC.write(fd.number(), rest, rest.remaining()));
            if (written == 0) {
                throw new LinuxException("write", Errno.ENOSPC, path.toString());
            }
            bytes.position(bytes.position() + (int) written);
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
