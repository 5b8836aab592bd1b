package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ProcessId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jnr.constants.platform.Errno;

/**
 * What the kernel's scheduler weighs a session by, as a whole, against the others that want the CPU (sched(7)). It has a
 * niceness of its own, beside those of its threads; unlike theirs, an ordinary user may take it back.
 */
public final class Autogroup implements AutoCloseable {
    /** About a tenth of what one of {@link #WHOLE} gets (110 to 1024). */
    public static final int LOW = 10;

    /** What every session begins with. */
    public static final int WHOLE = 0;

    private static final Path ENABLED = Path.of("/proc/sys/kernel/sched_autogroup_enabled");
    private static final Pattern SHOWN = Pattern.compile("/autogroup-\\d+ nice (?<nice>-?\\d+)\\s*");

    private final Fd fd;

    private Autogroup(Fd fd) {
        this.fd = fd;
    }

    /**
     * That of a process. It is held open, since a program that later forbids others to look into it, or changes its user,
     * could not be given back what was taken from it; and what is open is never another process's.
     *
     * @return empty if there is no such process any more, or there are no autogroups in this kernel
     * @throws LinuxException EACCES if it is another user's, or may not be looked into
     */
    public static Optional<Autogroup> of(ProcessId process) throws LinuxException {
        String path = path(process.pid()).toString();
        byte[] name = CString.of(path).terminated();
        Fd fd;
        try {
            fd = new Fd(Kernel.call("open", path, () -> Kernel.LIBC.open(name, Abi.O_WRONLY | Abi.O_CLOEXEC)), path);
        } catch (LinuxException refused) {
            if (refused.is(Errno.ENOENT) || refused.is(Errno.ESRCH)) {
                return Optional.empty();
            }
            throw refused;
        }
        Autogroup group = new Autogroup(fd);
        boolean same = Processes.stat(process.pid())
                .filter(now -> now.startTicks() == process.startTicks())
                .isPresent();
        if (!same) {
            group.close();
            return Optional.empty();
        }
        return Optional.of(group);
    }

    private static Path path(long pid) {
        return Path.of("/proc/" + pid + "/autogroup");
    }

    /** Why a niceness would be without effect on this process and its children; empty if it has one. */
    public static Optional<String> obstacle() {
        try {
            if (!Files.readString(ENABLED).trim().equals("1")) {
                return Optional.of("kernel.sched_autogroup_enabled is 0");
            }
        } catch (IOException none) {
            return Optional.of("this kernel has no autogroups (CONFIG_SCHED_AUTOGROUP)");
        }
        return CpuCgroup.ofThisProcess()
                .map(cgroup -> "the supervisor is in a cgroup that the CPU is shared out by, " + cgroup
                        + ", where sessions don't count");
    }

    /**
     * That of a process's session. What was started since boot without a session of its own has none: it counts process by
     * process, as if nobody had grouped it.
     *
     * @return empty if there is none, or no such process
     */
    public static OptionalInt niceness(long pid) {
        try {
            Matcher shown = SHOWN.matcher(Files.readString(path(pid), StandardCharsets.ISO_8859_1));
            return shown.matches() ? OptionalInt.of(Integer.parseInt(shown.group("nice"))) : OptionalInt.empty();
        } catch (IOException none) {
            return OptionalInt.empty();
        }
    }

    /**
     * @param niceness {@link #LOW} or {@link #WHOLE}
     * @return false if it has to be tried again: without CAP_SYS_ADMIN, one such change is made in a tenth of a second, for
     *     the whole machine
     * @throws LinuxException ESRCH if the process has ended
     */
    public boolean setNiceness(int niceness) throws LinuxException {
        byte[] text = Integer.toString(niceness).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocateDirect(text.length).put(text).flip();
        try {
            Kernel.callLong("write", fd.toString(), () -> Kernel.LIBC.write(fd.number(), bytes, text.length));
            return true;
        } catch (LinuxException refused) {
            if (refused.is(Errno.EAGAIN)) {
                return false;
            }
            throw refused;
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
