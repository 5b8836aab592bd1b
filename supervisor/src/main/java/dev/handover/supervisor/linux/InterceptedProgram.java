package dev.handover.supervisor.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import jnr.constants.platform.Errno;

/**
 * What of a program's file does not go with being intercepted. The kernel says nothing of it: such a program is started, and
 * goes without what it was to have, or its binds are not told of.
 */
public final class InterceptedProgram {
    private static final int SETUID = 04000;
    /** Setgid; without execute permission for the group the bit means something else. */
    private static final int SETGID = 02010;

    private static final byte[] CAPABILITIES = CString.of("security.capability").terminated();

    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};
    private static final int CLASS = 4;
    private static final int CLASS_32 = 1;
    private static final int MACHINE = 18;
    private static final int HEAD = 20;

    private static final String LOST = ": reuseport = \"intercept\" sets no_new_privs";
    private static final String OTHERWISE = "let it set SO_REUSEPORT itself, with reuseport = \"program\"";

    private InterceptedProgram() {}

    /**
     * @param what it loses
     * @param remedy what to do
     */
    public record Trouble(String what, String remedy) {
        /** A line for the log. */
        @Override
        public String toString() {
            return what + "; " + remedy;
        }
    }

    /**
     * Looks at what is to be run; a script, and what the program itself starts, are not followed.
     *
     * @param account whom it is to run as; empty for this process's user
     * @return empty if nothing, or if that can't be read
     */
    public static Optional<Trouble> trouble(Path file, Optional<Account> account) {
        try {
            Optional<Trouble> identity = identity(file, account);
            if (identity.isPresent()) {
                return identity;
            }
            Optional<Trouble> capabilities = capabilities(file, account);
            return capabilities.isPresent() ? capabilities : architecture(file);
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    private static int uid(Optional<Account> account) {
        return account.map(Account::uid).orElseGet(Processes::ownUid);
    }

    private static Optional<Trouble> identity(Path file, Optional<Account> account) throws IOException {
        int uid = uid(account);
        int gid = account.isPresent() ? account.get().gid() : number(Path.of("/proc/self"), "gid");
        int mode = number(file, "mode");
        int owner = number(file, "uid");
        int group = number(file, "gid");
        if ((mode & SETUID) == SETUID && owner != uid) {
            return Optional.of(new Trouble(
                    file + " is setuid, and runs as uid " + uid + " instead of " + owner + LOST,
                    "set user to whom it is to run as, or " + OTHERWISE));
        }
        return (mode & SETGID) == SETGID && group != gid
                ? Optional.of(new Trouble(
                        file + " is setgid, and runs with gid " + gid + " instead of " + group + LOST,
                        "set group to what it is to run with, or " + OTHERWISE))
                : Optional.empty();
    }

    private static int number(Path file, String attribute) throws IOException {
        return (int) Files.getAttribute(file, "unix:" + attribute);
    }

    /** Root has all anyway. */
    private static Optional<Trouble> capabilities(Path file, Optional<Account> account) throws LinuxException {
        return uid(account) != 0 && hasCapabilities(file)
                ? Optional.of(new Trouble(
                        file + " has capabilities of its own (setcap), and starts without them" + LOST,
                        "for a port below 1024 lower net.ipv4.ip_unprivileged_port_start, or " + OTHERWISE))
                : Optional.empty();
    }

    private static Optional<Trouble> architecture(Path file) throws IOException {
        return isForOtherMachine(file)
                ? Optional.of(new Trouble(
                        file + " is built for another architecture than the supervisor's" + bits(file)
                                + ", and its binds are not intercepted",
                        "take a build for this one, or " + OTHERWISE))
                : Optional.empty();
    }

    /**
     * Why a bind of a process was not told of.
     *
     * @return in words for users; empty if it is not intercepted, or has closed what shows that
     */
    public static Optional<String> unseen(long pid) {
        try {
            if (!BindNotices.isHeldBy(pid)) {
                return Optional.empty();
            }
            Path program = Path.of("/proc/" + pid + "/exe");
            return Optional.of(
                    isForOtherMachine(program)
                            ? "it is built for another architecture than the supervisor's" + bits(program)
                                    + ": take a build for this one"
                            : "it bound by io_uring, or was given the socket: let it use bind(2)");
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static boolean hasCapabilities(Path file) throws LinuxException {
        byte[] path = CString.of(file.toString()).terminated();
        try {
            return Kernel.callLong("getxattr", file.toString(), () -> Kernel.LIBC.getxattr(path, CAPABILITIES, null, 0))
                    > 0;
        } catch (LinuxException none) {
            if (none.is(Errno.ENODATA) || none.is(Errno.EOPNOTSUPP)) {
                return false;
            }
            throw none;
        }
    }

    private static boolean isForOtherMachine(Path file) throws IOException {
        ByteBuffer head = head(file);
        ByteBuffer own = head(Path.of("/proc/self/exe"));
        return isElf(head) && (head.get(CLASS) != own.get(CLASS) || head.getShort(MACHINE) != own.getShort(MACHINE));
    }

    private static String bits(Path file) throws IOException {
        return head(file).get(CLASS) == CLASS_32 ? " (32 bits)" : "";
    }

    private static boolean isElf(ByteBuffer head) {
        return head.slice(0, ELF.length).equals(ByteBuffer.wrap(ELF));
    }

    private static ByteBuffer head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            ByteBuffer head = ByteBuffer.allocate(HEAD).order(ByteOrder.nativeOrder());
            byte[] read = in.readNBytes(HEAD);
            return head.put(0, read);
        }
    }
}
