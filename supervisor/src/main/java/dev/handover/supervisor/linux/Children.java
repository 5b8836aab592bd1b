package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.Signal;
import java.util.Arrays;
import jnr.constants.platform.Errno;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** Processes that this one started, and has to take leave of: until then their pids, and their groups' ids, stay theirs. */
public final class Children {
    /** siginfo_t on 64-bit Linux. */
    private static final int SIGINFO_BYTES = 128;

    private static final int CODE = 8;
    private static final int STATUS = 24;

    private static final int SIGNAL = 0x7F;
    private static final int DUMPED = 0x80;

    private static final int CLD_EXITED = 1;
    private static final int CLD_KILLED = 2;
    private static final int CLD_DUMPED = 3;

    private Children() {}

    /**
     * How a process ended, without taking leave of it.
     *
     * @return {@link Exit.Unknown} for a process that is no child of this one, or has not ended
     */
    public static Exit exit(long pid) {
        return await(pid, Abi.WEXITED | Abi.WNOHANG | Abi.WNOWAIT);
    }

    /** Takes leave of a child that has ended; nothing happens for any other process. */
    public static void reap(long pid) {
        await(pid, Abi.WEXITED | Abi.WNOHANG);
    }

    /** Kills a child that has not been reaped, and takes leave of it. */
    public static void end(long child) {
        Kernel.LIBC.kill(Math.toIntExact(child), Signal.KILL.number());
        await(child, Abi.WEXITED);
    }

    private static Exit await(long pid, int options) {
        Pointer info = Memory.allocateDirect(Kernel.RUNTIME, SIGINFO_BYTES, true);
        try {
            Kernel.call("waitid", "pid " + pid, () -> Kernel.LIBC.waitid(Abi.P_PID, (int) pid, info, options));
        } catch (LinuxException e) {
            if (e.is(Errno.ECHILD)) {
                return new Exit.Unknown();
            }
            throw new IllegalStateException("waitid refuses nothing else", e);
        }
        int status = info.getInt(STATUS);
        return switch (info.getInt(CODE)) {
            case CLD_EXITED -> new Exit.Code(status);
            case CLD_KILLED -> new Exit.Killed(signalName(status), false);
            case CLD_DUMPED -> new Exit.Killed(signalName(status), true);
            default -> new Exit.Unknown();
        };
    }

    /** Of a status as wait(2) has it. */
    static Exit exitOf(int status) {
        int signal = status & SIGNAL;
        return signal == 0
                ? new Exit.Code(status >> Byte.SIZE & 0xFF)
                : new Exit.Killed(signalName(signal), (status & DUMPED) != 0);
    }

    /** {@code SIGSEGV}; one without a name of its own is called by its number. */
    private static String signalName(int number) {
        return Signal.realTime(number)
                .map(Signal::toString)
                .or(() -> Arrays.stream(jnr.constants.platform.Signal.values())
                        .filter(each -> each.defined() && each.intValue() == number)
                        .map(Enum::name)
                        .findFirst())
                .orElse("signal " + number);
    }
}
