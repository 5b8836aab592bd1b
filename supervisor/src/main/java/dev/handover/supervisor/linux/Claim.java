package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import jnr.constants.platform.Errno;

/**
 * Says that this process steers an address, to every other supervisor of the same network namespace, and sees to it that
 * there is one alone: it is the name of an abstract Unix socket, of which the kernel has no two, and which ends with the
 * process that has it, whatever ends that.
 */
public final class Claim implements AutoCloseable {
    private static final String NAME = "handover steers ";
    private static final int ROOT = 0;
    /** Who has it may end between the two questions. */
    private static final int MOST_TRIES = 10;
    /** Nobody accepts those that ask; further ones are not told who has it. */
    private static final int MOST_ASKING = 64;

    private final Fd socket;

    private Claim(Fd socket) {
        this.socket = socket;
    }

    /** Another supervisor steers the address. */
    public static final class Taken extends IOException {
        private static final long serialVersionUID = 1;

        Taken(ListenAddress address, String who) {
            super("another supervisor" + who + " steers " + address + "; end that one, or let one of the two listen"
                    + " elsewhere");
        }
    }

    /**
     * @return empty where a process of another user, which can have no socket in the group, has taken the name: no claim can
     *     be made then, and none is heeded
     * @throws Taken if another supervisor has it
     */
    public static Optional<Claim> of(ListenAddress address) throws IOException {
        String subject = NAME + address;
        byte[] name = UnixAddress.ofName(subject);
        for (int i = 0; i < MOST_TRIES; i++) {
            Fd socket = open(subject);
            try {
                Kernel.call("bind", subject, () -> Kernel.LIBC.bind(socket.number(), name, name.length));
                Kernel.call("listen", subject, () -> Kernel.LIBC.listen(socket.number(), MOST_ASKING));
                return Optional.of(new Claim(socket));
            } catch (LinuxException e) {
                socket.close();
                if (!e.is(Errno.EADDRINUSE)) {
                    throw e;
                }
            }
            Optional<Holder> holder = holder(subject, name);
            if (holder.isPresent()) {
                if (holder.get().isStranger()) {
                    return Optional.empty();
                }
                throw new Taken(address, holder.get().who());
            }
        }
        throw new IOException(subject + ": who claims it comes and goes too fast");
    }

    private static Fd open(String subject) throws LinuxException {
        int type = Abi.SOCK_STREAM | Abi.SOCK_CLOEXEC | Abi.SOCK_NONBLOCK;
        return new Fd(Kernel.call("socket", subject, () -> Kernel.LIBC.socket(Abi.AF_UNIX, type, 0)), subject);
    }

    private record Holder(int uid, String who) {
        boolean isStranger() {
            return uid != ROOT && uid != Kernel.LIBC.geteuid();
        }
    }

    /** Empty if it has gone since, or has not come to the point where it listens. */
    private static Optional<Holder> holder(String subject, byte[] name) throws IOException {
        try (Fd asking = open(subject)) {
            Kernel.call("connect", subject, () -> Kernel.LIBC.connect(asking.number(), name, name.length));
            PeerCredentials its = SocketOptions.peer(asking);
            return Optional.of(
                    new Holder(its.uid(), its.pid() == 0 ? " in another pid namespace" : " (pid " + its.pid() + ")"));
        } catch (LinuxException e) {
            if (e.is(Errno.EAGAIN)) {
                return Optional.of(new Holder(owner(name).orElse(ROOT), ""));
            }
            if (e.is(Errno.ECONNREFUSED)) {
                return owner(name).stream()
                        .mapToObj(uid -> new Holder(uid, ""))
                        .filter(Holder::isStranger) // who will never listen, unlike a supervisor
                        .findFirst();
            }
            throw e;
        }
    }

    /** Of who can't be asked for by a connection, as he lets none come about. */
    private static OptionalInt owner(byte[] name) throws LinuxException {
        return UnixNames.owner(Arrays.copyOfRange(name, UnixAddress.FAMILY_BYTES, name.length));
    }

    @Override
    public void close() {
        socket.close();
    }
}
