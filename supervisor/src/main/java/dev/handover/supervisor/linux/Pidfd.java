package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.Signal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import jnr.constants.platform.Errno;

/**
 * A process held by descriptor (Linux 5.3): whatever is done through it reaches this very process or nobody, also after
 * its pid has been given to another.
 */
public final class Pidfd implements AutoCloseable {
    /** struct pidfd_info as it was first; what the kernel tells of it is in its first word. */
    private static final int INFO_BYTES = 64;

    private static final int EXIT_CODE = 60;
    private static final long INFO_EXIT = 1 << 3;
    /** _IOWR(0xFF, 11, struct pidfd_info) */
    private static final long PIDFD_GET_INFO = 3L << 30 | INFO_BYTES << 16 | 0xFF << 8 | 11;

    private final long pid;
    private final Fd fd;

    private Pidfd(long pid, Fd fd) {
        this.pid = pid;
        this.fd = fd;
    }

    /**
     * Takes hold of the process that has this pid now. That it is the one meant, the caller knows from being its parent
     * and not having waited for it, or from comparing {@link ProcessStat#startTicks} from before and after.
     *
     * @return empty if there is no such process
     */
    public static Optional<Pidfd> open(long pid) throws LinuxException {
        String subject = "pid " + pid;
        try {
            int number = (int)
                    Kernel.callLong("pidfd_open", subject, () -> Kernel.LIBC.syscall(Abi.SYS_PIDFD_OPEN, pid, 0, 0, 0));
            return Optional.of(new Pidfd(pid, new Fd(number, subject)));
        } catch (LinuxException e) {
            if (e.is(Errno.ESRCH)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    public long pid() {
        return pid;
    }

    /**
     * Sends a signal to the process alone, not to its group.
     *
     * @return false if the process has gone
     * @throws LinuxException EPERM for a process of another user
     */
    public boolean send(Signal signal) throws LinuxException {
        try {
            Kernel.callLong(
                    "pidfd_send_signal",
                    signal + " to pid " + pid,
                    () -> Kernel.LIBC.syscall(Abi.SYS_PIDFD_SEND_SIGNAL, fd.number(), signal.number(), 0, 0));
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.ESRCH)) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Waits for its end.
     *
     * @param limit the longest wait
     * @return whether it has ended
     */
    public boolean awaitEnd(Duration limit) throws LinuxException {
        Poll end = new Poll(List.of(fd));
        end.await(Math.toIntExact(limit.toMillis()));
        return end.ready(0);
    }

    /**
     * How a process has ended that another one is the parent of: the kernel tells once that has reaped it (Linux 6.15,
     * PIDFD_INFO_EXIT of linux/pidfd.h; from then on poll() finds the descriptor hung up).
     *
     * @param limit how long to wait for that
     * @return empty where it has not been reaped by then, or the kernel does not tell
     */
    public Optional<Exit> exitOnceReaped(Duration limit) throws LinuxException {
        ByteBuffer info = ByteBuffer.allocateDirect(INFO_BYTES).order(ByteOrder.nativeOrder());
        if (!info(info)) {
            return Optional.empty();
        }
        if ((info.getLong(0) & INFO_EXIT) == 0) {
            Poll.forHangUp(fd).await(Math.toIntExact(limit.toMillis()));
            if (!info(info)) {
                return Optional.empty();
            }
        }
        return (info.getLong(0) & INFO_EXIT) == 0
                ? Optional.empty()
                : Optional.of(Children.exitOf(info.getInt(EXIT_CODE)));
    }

    /** @return false where nothing is to be had */
    private boolean info(ByteBuffer info) throws LinuxException {
        info.putLong(0, INFO_EXIT);
        try {
            Kernel.call(
                    "ioctl PIDFD_GET_INFO", "pid " + pid, () -> Kernel.LIBC.ioctl(fd.number(), PIDFD_GET_INFO, info));
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOTTY) || e.is(Errno.EINVAL) || e.is(Errno.ESRCH)) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Duplicates a descriptor of the process; close-on-exec here (pidfd_getfd always makes it so), unchanged there. It takes
     * the right to ptrace the process: the same user and dumpable, or CAP_SYS_PTRACE (Linux 5.6).
     *
     * @param number of the descriptor in the process
     * @throws LinuxException EPERM without that right; ESRCH if the process has gone; EBADF if it has no such descriptor
     */
    Fd duplicate(int number) throws LinuxException {
        String subject = "descriptor " + number + " of pid " + pid;
        return new Fd(
                (int) Kernel.callLong(
                        "pidfd_getfd",
                        subject,
                        () -> Kernel.LIBC.syscall(Abi.SYS_PIDFD_GETFD, fd.number(), number, 0, 0)),
                subject);
    }

    /** The descriptor, to wait on: it becomes readable when the process has ended. */
    Fd fd() {
        return fd;
    }

    /** Lets go of the process; it goes on. */
    @Override
    public void close() {
        fd.close();
    }
}
