package dev.handover.supervisor.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import jnr.constants.platform.Errno;

/**
 * A pipe with a name. It is opened for reading and writing at both ends: so no write to it ever fails for want of a
 * reader (SIGPIPE), and whoever reads it never sees an end.
 */
public final class Fifo implements AutoCloseable {
    /**
     * Others may write: a worker that has become another user opens {@code /dev/stderr} anew, which is this pipe. They
     * reach it through a descriptor only, since its folder is private.
     */
    private static final int WRITABLE_BY_ALL = 0622;

    private final Path path;
    private final Fd fd;

    private Fifo(Path path, Fd fd) {
        this.path = path;
        this.fd = fd;
    }

    /** Makes a new one, in place of what has this name. */
    public static Fifo create(Path path) throws IOException {
        Files.deleteIfExists(path);
        String name = path.toString();
        byte[] bytes = CString.of(name).terminated();
        Kernel.call("mkfifo", name, () -> Kernel.LIBC.mkfifo(bytes, 0600));
        Fifo fifo = new Fifo(path, opened(path, Abi.O_RDWR));
        try {
            // Not by mkfifo, whose mode the umask takes away from.
            Kernel.call("fchmod", name, () -> Kernel.LIBC.fchmod(fifo.fd.number(), WRITABLE_BY_ALL));
            return fifo;
        } catch (LinuxException refused) {
            fifo.close();
            throw refused;
        }
    }

    /** @throws IOException if there is none of this name */
    public static Fifo open(Path path) throws IOException {
        if (!isFifo(path)) {
            throw new IOException(path + " is no pipe");
        }
        return new Fifo(path, opened(path, Abi.O_RDWR));
    }

    /** Writes one line to whoever waits for it; nothing happens if nobody does. */
    public static void tell(Path path) throws IOException {
        if (!isFifo(path)) {
            return;
        }
        try (Fd fd = opened(path, Abi.O_WRONLY)) {
            ByteBuffer line = ByteBuffer.allocateDirect(1).put(0, (byte) '\n');
            Kernel.callLong("write", path.toString(), () -> Kernel.LIBC.write(fd.number(), line, 1));
        } catch (LinuxException refused) {
            if (!refused.is(Errno.ENXIO)) { // nobody waits
                throw refused;
            }
        }
    }

    /** Whether it is one that nobody has open to write, so that nothing comes of it any more. */
    public static boolean isForsaken(Path path) throws IOException {
        if (!isFifo(path)) {
            return false;
        }
        try (Fd fd = opened(path, Abi.O_RDONLY)) {
            ByteBuffer any = ByteBuffer.allocateDirect(1);
            return Kernel.callLong("read", path.toString(), () -> Kernel.LIBC.read(fd.number(), any, 1)) == 0;
        } catch (LinuxException e) {
            if (!e.is(Errno.EAGAIN)) {
                throw e;
            }
            return false;
        }
    }

    private static boolean isFifo(Path path) throws IOException {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                && ((int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & Abi.S_IFMT) == Abi.S_IFIFO;
    }

    private static Fd opened(Path path, int access) throws LinuxException {
        String name = path.toString();
        byte[] bytes = CString.of(name).terminated();
        return new Fd(
                Kernel.call("open", name, () -> Kernel.LIBC.open(bytes, access | Abi.O_NONBLOCK | Abi.O_CLOEXEC)),
                name);
    }

    /** The number of its descriptor, for {@link Image#become} to keep open, and for the next program to {@link #letGo}. */
    public int number() {
        return fd.number();
    }

    /** Closes what was kept open under this number by {@link Image#become}. */
    public static void letGo(int number) {
        new Fd(number, "a pipe of before the upgrade").close();
    }

    public Path path() {
        return path;
    }

    /**
     * Reads what there is, as far as the buffer has room.
     *
     * @param buffer direct; cleared before, flipped after
     * @return whether there was anything
     */
    public boolean read(ByteBuffer buffer) throws LinuxException {
        buffer.clear();
        try {
            long length = Kernel.callLong(
                    "read", path.toString(), () -> Kernel.LIBC.read(fd.number(), buffer, buffer.capacity()));
            buffer.limit((int) length);
        } catch (LinuxException e) {
            if (!e.is(Errno.EAGAIN)) {
                throw e;
            }
            buffer.limit(0);
        }
        return buffer.hasRemaining();
    }

    /**
     * Has it read as something comes.
     *
     * @param isFlood reads a part, and says whether more comes than is wanted; called on the watch's thread
     * @return ends it; to be closed before this
     */
    public ReadWatch.Watching readBy(ReadWatch watch, ReadWatch.Reading isFlood) throws LinuxException {
        return watch.add(fd, isFlood);
    }

    @Override
    public void close() {
        fd.close();
    }
}
