package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import jnr.constants.platform.Errno;

/**
 * Tells of each bind(2) of an intercepted program and of what it starts, and holds it up until it is answered
 * (seccomp_unotify(2), Linux 5.5). It needs no privilege, and takes some: whoever is intercepted has no_new_privs, so that
 * programs that are setuid, or have capabilities of their own, start without them.
 *
 * <p>As long as anybody has the descriptor open, a bind waits for an answer; once nobody has, it fails with ENOSYS. That is
 * why the program is given a copy of its own: when its supervisor dies, its binds wait for the next one, which takes the
 * descriptor from it.
 *
 * <p>For one thread.
 */
public final class BindNotices implements AutoCloseable {
    private static final String SUBJECT = "the notices of binds";
    private static final String LINK = "anon_inode:seccomp notify";

    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    /** SECCOMP_FILTER_FLAG_SPEC_ALLOW: without it, processors may be made slower for the program. */
    private static final int SPEC_ALLOW = 1 << 2;

    private static final int NEW_LISTENER = 1 << 3;

    private static final long SECCOMP_IOCTL_NOTIF_RECV = 0xc0502100L;
    private static final long SECCOMP_IOCTL_NOTIF_SEND = 0xc0182101L;
    private static final long SECCOMP_IOCTL_NOTIF_ID_VALID = 0x40082102L;
    private static final int SECCOMP_USER_NOTIF_FLAG_CONTINUE = 1;

    /** struct seccomp_notif: id, pid, flags, and struct seccomp_data with the arguments. */
    private static final int NOTICE_BYTES = 80;

    private static final int TASK = 8;
    private static final int ARGUMENTS = 32;

    /** struct seccomp_notif_resp: id, value, error, flags. */
    private static final int ANSWER_BYTES = 24;

    private static final int ANSWER_FLAGS = 20;

    private final Fd listener;
    private final Poll poll;
    private final ByteBuffer notice = ByteBuffer.allocateDirect(NOTICE_BYTES).order(ByteOrder.nativeOrder());
    private final ByteBuffer answer = ByteBuffer.allocateDirect(ANSWER_BYTES).order(ByteOrder.nativeOrder());

    private BindNotices(Fd listener) {
        this.listener = listener;
        this.poll = new Poll(List.of(listener));
    }

    /**
     * Intercepts the calling thread, for good, and with it all that it starts from now on.
     *
     * @throws IOException if that can't be, with a message for users: where a container's own seccomp notifier is in place
     *     already, say
     */
    static BindNotices ofThisThread() throws IOException {
        SystemCalls calls = SystemCalls.ofThisMachine();
        if (calls == null) {
            throw new IOException("binds can't be intercepted on " + System.getProperty("os.arch"));
        }
        Kernel.call("prctl PR_SET_NO_NEW_PRIVS", SUBJECT, () -> Kernel.LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        try (FilterProgram program = new FilterProgram(BindFilter.on(calls))) {
            long number = Kernel.callLong(
                    "seccomp",
                    SUBJECT,
                    () -> Kernel.LIBC.syscall(
                            calls.seccomp(), SECCOMP_SET_MODE_FILTER, NEW_LISTENER | SPEC_ALLOW, program.address(), 0));
            return new BindNotices(new Fd((int) number, SUBJECT).beyondStandard());
        } catch (LinuxException refused) {
            if (refused.is(Errno.EBUSY)) {
                throw new IOException(
                        "binds can't be intercepted: another seccomp notifier is in place here, such as a container's"
                                + " (EBUSY); let the program set SO_REUSEPORT itself",
                        refused);
            }
            throw refused;
        }
    }

    /**
     * Those of a program that another supervisor started, by the copy that one of its processes has.
     *
     * @return empty if the process has none
     */
    public static Optional<BindNotices> heldBy(long pid) throws IOException {
        if (!isHeldBy(pid)) {
            return Optional.empty();
        }
        Optional<Pidfd> process = Pidfd.open(pid);
        if (process.isEmpty()) {
            return Optional.empty();
        }
        try (Pidfd open = process.get()) {
            return Optional.of(new BindNotices(open.duplicate(Launcher.KEPT)));
        }
    }

    /** Whether a process has a copy, as each has that is intercepted and has not closed it. */
    static boolean isHeldBy(long pid) throws IOException {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/" + Launcher.KEPT))
                    .toString()
                    .equals(LINK);
        } catch (NoSuchFileException none) {
            return false;
        }
    }

    Fd fd() {
        return listener;
    }

    /**
     * Lets every bind go on, after SO_REUSEPORT has been set on the socket where it binds to one of these addresses. Returns
     * when nobody is left who could bind.
     *
     * @param warnings takes why it could not be set, in words for the log
     */
    public void reuseport(Collection<ListenAddress> declared, Consumer<String> warnings) throws LinuxException {
        for (Optional<Bind> bind = next(); bind.isPresent(); bind = next()) {
            try {
                reuseport(bind.get(), declared);
            } catch (IOException refused) {
                warnings.accept(
                        "SO_REUSEPORT can't be set on what is bound: " + Why.of(refused) + "; it goes on without");
            } finally {
                goOn(bind.get());
            }
        }
    }

    private void reuseport(Bind bind, Collection<ListenAddress> declared) throws IOException {
        Optional<InetSocketAddress> target = bind.target();
        List<ListenAddress> there = declared.stream()
                .filter(one -> Optional.of(one.socketAddress()).equals(target))
                .toList();
        if (there.isEmpty()) {
            return; // at once, whatever it is
        }
        try (Fd socket = bind.socket()) {
            Optional<Transport> transport = Bind.transport(socket);
            boolean meant =
                    there.stream().anyMatch(one -> Optional.of(one.transport()).equals(transport));
            if (meant && stillWaits(bind)) { // else the socket may be another process's
                SocketOptions.set(socket, "SO_REUSEPORT", Abi.SOL_SOCKET, Abi.SO_REUSEPORT, 1);
            }
        }
    }

    private boolean stillWaits(Bind bind) throws LinuxException {
        answer.putLong(0, bind.id());
        return ask("ioctl SECCOMP_IOCTL_NOTIF_ID_VALID", SECCOMP_IOCTL_NOTIF_ID_VALID, answer);
    }

    /** Returns false where who binds has ended, or has been interrupted. */
    private boolean ask(String call, long request, ByteBuffer argument) throws LinuxException {
        try {
            Kernel.call(call, SUBJECT, () -> Kernel.LIBC.ioctl(listener.number(), request, argument));
            return true;
        } catch (LinuxException gone) {
            if (gone.is(Errno.ENOENT)) {
                return false;
            }
            throw gone;
        }
    }

    /**
     * Waits until somebody binds.
     *
     * @return empty when nobody is left who could
     */
    private Optional<Bind> next() throws LinuxException {
        while (true) {
            poll.await(Abi.INFINITE);
            if (poll.hasEnded(0)) {
                return Optional.empty();
            }
            for (int at = 0; at < NOTICE_BYTES; at += Long.BYTES) {
                notice.putLong(at, 0); // the kernel insists
            }
            if (ask("ioctl SECCOMP_IOCTL_NOTIF_RECV", SECCOMP_IOCTL_NOTIF_RECV, notice)) {
                return Optional.of(new Bind(
                        notice.getLong(0),
                        Integer.toUnsignedLong(notice.getInt(TASK)),
                        (int) notice.getLong(ARGUMENTS),
                        notice.getLong(ARGUMENTS + Long.BYTES),
                        (int) notice.getLong(ARGUMENTS + 2 * Long.BYTES)));
            }
        }
    }

    /** Nothing happens if who asked has gone meanwhile. */
    private void goOn(Bind bind) throws LinuxException {
        answer.putLong(0, bind.id()).putInt(ANSWER_FLAGS, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
        boolean unused = ask("ioctl SECCOMP_IOCTL_NOTIF_SEND", SECCOMP_IOCTL_NOTIF_SEND, answer);
    }

    @Override
    public void close() {
        listener.close();
    }
}
