package dev.handover.supervisor.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import jnr.constants.platform.Errno;

/**
 * A folder that is not cleaned of files that nobody has used for long, as /tmp is: systemd-tmpfiles leaves out one that has
 * a lock (flock(2)), and all that is in it.
 */
public final class KeptFolder implements AutoCloseable {
    private final Fd fd;

    private KeptFolder(Fd fd) {
        this.fd = fd;
    }

    /**
     * Keeps a {@link PrivateFolder}, until it is closed or this process ends. Others may keep it at the same time.
     *
     * @return empty if another process has it for itself at the moment
     */
    public static Optional<KeptFolder> keep(Path folder) throws IOException {
        String subject = PrivateFolder.ensure(folder).toString();
        byte[] name = CString.of(subject).terminated();
        Fd fd = new Fd(
                Kernel.call("open", subject, () -> Kernel.LIBC.open(name, Abi.O_RDONLY | Abi.O_CLOEXEC)), subject);
        try {
            Kernel.call("flock", subject, () -> Kernel.LIBC.flock(fd.number(), Abi.LOCK_SH | Abi.LOCK_NB));
            return Optional.of(new KeptFolder(fd));
        } catch (LinuxException e) {
            fd.close();
            if (e.is(Errno.EAGAIN)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
