package dev.handover.supervisor.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import jnr.ffi.byref.IntByReference;
import jnr.posix.Group;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import jnr.posix.Passwd;

/**
 * Whom a program is to run as, as the system's databases have him (getpwnam(3), getgrouplist(3)).
 *
 * @param name of the user
 * @param groups all of them, {@code gid} too
 * @param home his folder
 * @param shell his shell; may be empty
 */
public record Account(String name, int uid, int gid, List<Integer> groups, String home, String shell) {
    /** What getgrouplist(3) is given room for; Linux lets a process have 65,536. */
    static final int MOST_GROUPS = 1 << 16;

    public Account {
        groups = List.copyOf(groups);
    }

    /**
     * Looks one up, anew each time.
     *
     * @param user by name, or by number
     * @param group by name, or by number; his own where empty
     * @throws IOException if there is no such user or group, with a message for users
     */
    public static Account of(String user, Optional<String> group) throws IOException {
        synchronized (Databases.CALLS) { // what they return is theirs, and overwritten by the next call
            Passwd entry = entry(user);
            String name = entry.getLoginName();
            int gid = group.isPresent() ? gid(group.get()) : (int) entry.getGID();
            return new Account(name, (int) entry.getUID(), gid, groups(name, gid), entry.getHome(), entry.getShell());
        }
    }

    /**
     * Looks a group up.
     *
     * @param group by name, or by number
     * @throws IOException if there is none, with a message for users
     */
    public static int group(String group) throws IOException {
        synchronized (Databases.CALLS) {
            return gid(group);
        }
    }

    private static final class Databases {
        static final POSIX CALLS = POSIXFactory.getNativePOSIX();
    }

    private static Passwd entry(String user) throws IOException {
        OptionalInt number = number(user);
        Passwd entry =
                number.isPresent() ? Databases.CALLS.getpwuid(number.getAsInt()) : Databases.CALLS.getpwnam(user);
        if (entry == null) {
            throw new IOException("there is no user '" + user + "' on this machine (getent passwd " + user + ")");
        }
        return entry;
    }

    private static int gid(String group) throws IOException {
        OptionalInt number = number(group);
        if (number.isPresent()) {
            return number.getAsInt();
        }
        Group entry = Databases.CALLS.getgrnam(group);
        if (entry == null) {
            throw new IOException("there is no group '" + group + "' on this machine (getent group " + group + ")");
        }
        return (int) entry.getGID();
    }

    private static OptionalInt number(String text) {
        try {
            return OptionalInt.of(Integer.parseUnsignedInt(text));
        } catch (NumberFormatException name) {
            return OptionalInt.empty();
        }
    }

    private static List<Integer> groups(String name, int gid) throws IOException {
        int[] room = new int[MOST_GROUPS];
        IntByReference count = new IntByReference(room.length);
        if (Kernel.LIBC.getgrouplist(CString.of(name).terminated(), gid, room, count) < 0) {
            throw new IOException("user '" + name + "' is in more groups than a process can have");
        }
        List<Integer> groups = new ArrayList<>();
        for (int i = 0; i < count.intValue(); i++) {
            groups.add(room[i]);
        }
        return groups;
    }
}
