package dev.handover.supervisor.linux;

import java.io.IOException;
import jnr.constants.platform.Errno;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/** Makes the calling thread another user's, for good: what it starts is that user's. The C library's functions change all. */
final class Identity {
    private static final int PR_SET_DUMPABLE = 4;

    private Identity() {}

    /** @throws IOException if this process may not, with a message for users */
    static void take(Account account) throws IOException {
        @Nullable SystemCalls calls = SystemCalls.ofThisMachine();
        if (calls == null) {
            throw new IOException(
                    "user = \"" + account.name() + "\" can't be had: how a thread becomes another user's is"
                            + " not known for " + System.getProperty("os.arch"));
        }
        Pointer groups = Memory.allocateDirect(
                Kernel.RUNTIME, Math.max(1, account.groups().size()) * Integer.BYTES);
        for (int i = 0; i < account.groups().size(); i++) {
            groups.putInt((long) i * Integer.BYTES, account.groups().get(i));
        }
        long gid = Integer.toUnsignedLong(account.gid());
        long uid = Integer.toUnsignedLong(account.uid());
        call(account, "setgroups", calls.setgroups(), account.groups().size(), groups.address(), 0);
        call(account, "setresgid", calls.setresgid(), gid, gid, gid);
        call(account, "setresuid", calls.setresuid(), uid, uid, uid);
        // It is this whole process's, and the kernel has just taken it away: a debugger may be root's all the same.
        Kernel.call("prctl", "dumpable", () -> Kernel.LIBC.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
    }

    private static void call(Account account, String name, long number, long first, long second, long third)
            throws IOException {
        try {
            Kernel.callLong(name, account.name(), () -> Kernel.LIBC.syscall(number, first, second, third, 0));
        } catch (LinuxException refused) {
            if (!refused.is(Errno.EPERM)) {
                throw refused;
            }
            throw new IOException(
                    "user = \"" + account.name() + "\" is refused (" + name + ": EPERM): only root, with CAP_SETUID and"
                            + " CAP_SETGID, may start workers of other users",
                    refused);
        }
    }
}
