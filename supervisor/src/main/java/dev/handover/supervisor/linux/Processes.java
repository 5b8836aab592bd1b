package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import jnr.constants.platform.Errno;

/** Processes by pid, as /proc shows them. What it says of a process may have changed by the time it is read. */
public final class Processes {
    private static final Path PROC = Path.of("/proc");
    /** A process that forks as it is found leaves a child for the next round. */
    private static final int ROUNDS = 20;

    private Processes() {}

    /** The effective uid of this process. */
    public static int ownUid() {
        return Kernel.LIBC.geteuid();
    }

    /** When the machine was started, to the second, by its clock as it is set now. */
    public static Instant bootedAt() throws IOException {
        try (Stream<String> lines = Files.lines(PROC.resolve("stat"))) {
            return lines.filter(line -> line.startsWith("btime "))
                    .map(line -> Instant.ofEpochSecond(
                            Long.parseLong(line.substring("btime ".length()).trim())))
                    .findFirst()
                    .orElseThrow(() -> new IOException("/proc/stat does not say when the machine was started"));
        }
    }

    /** Which start of the machine this is; pids and start ticks mean nothing beyond it. */
    public static String bootId() throws IOException {
        return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).trim();
    }

    /** @return empty if there is no such process, or none that may be seen */
    public static Optional<ProcessStat> stat(long pid) {
        try {
            return Optional.of(ProcessStat.parse(Proc.read(pid, "stat")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Whether there is no such process, or none but a zombie. */
    public static boolean hasEnded(long pid) {
        return stat(pid).filter(ProcessStat::lives).isEmpty();
    }

    /**
     * Whether another process has this one's pid by now. Then nobody is left in its group or its session: as long as anybody is, the
     * kernel gives the number to no one.
     */
    public static boolean isReplaced(ProcessId process) {
        return stat(process.pid())
                .filter(now -> now.startTicks() != process.startTicks())
                .isPresent();
    }

    /**
     * The process and all that descend from it, parents before children, and where it leads a {@link WorkerCgroup} all that are
     * in that; empty if there is no such process.
     */
    public static List<Long> withDescendants(long pid) throws IOException {
        return Objects.requireNonNull(withDescendants(List.of(pid)).get(pid));
    }

    /** The same of several processes, at the price of one. */
    static Map<Long, List<Long>> withDescendants(Collection<Long> pids) throws IOException {
        Map<Long, List<Long>> children = children();
        Map<Long, List<Long>> found = new HashMap<>();
        for (long pid : pids) {
            List<Long> family = new ArrayList<>();
            stat(pid).ifPresent(stat -> family.add(pid));
            for (int i = 0; i < family.size(); i++) {
                family.addAll(children.getOrDefault(family.get(i), List.of()));
            }
            if (!family.isEmpty()) {
                Set<Long> others = WorkerCgroup.ledBy(pid);
                family.forEach(others::remove);
                family.addAll(others);
            }
            found.put(pid, List.copyOf(family));
        }
        return found;
    }

    /** This process's children, zombies too. */
    public static List<Long> ownChildren() throws IOException {
        return children().getOrDefault(ProcessHandle.current().pid(), List.of());
    }

    private static Map<Long, List<Long>> children() throws IOException {
        Map<Long, List<Long>> children = new HashMap<>();
        for (ProcessStat stat : all()) {
            children.computeIfAbsent(stat.parent(), parent -> new ArrayList<>()).add(stat.pid());
        }
        return children;
    }

    /** Every process that there is; those that end meanwhile may be among them. */
    static List<ProcessStat> all() throws IOException {
        List<ProcessStat> all = new ArrayList<>();
        // Not /proc/PID/task/TID/children: it may leave out a child while another one ends (proc(5)).
        for (long pid : Proc.pids()) {
            stat(pid).ifPresent(all::add);
        }
        return all;
    }

    /**
     * Whether a process has ended or has come so far on its way out that its memory is gone, and with it its program; its
     * descriptors may be about to be closed, by the kernel.
     */
    public static boolean isEnding(long pid) {
        try {
            // Its first thread, which /proc/PID stands for, may have ended alone.
            return hasNoMemory(pid, "statm")
                    && Proc.threads(pid).stream().allMatch(thread -> hasNoMemory(pid, "task/" + thread + "/statm"));
        } catch (IOException e) {
            return true;
        }
    }

    /** @param pages a kernel thread has none either, but is never asked for; nor has a thread that has ended */
    private static boolean hasNoMemory(long pid, String pages) {
        try {
            return Proc.read(pid, pages).startsWith("0 ");
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * Whether a process is seen to be in another network namespace than this one, where nobody here sees what it listens on
     * (network_namespaces(7)).
     */
    public static boolean isInAnotherNetwork(long pid) {
        try {
            return !network(Long.toString(pid)).equals(network("self"));
        } catch (IOException e) {
            // Gone, or not to be looked at.
            return false;
        }
    }

    private static Path network(String process) throws IOException {
        return Files.readSymbolicLink(PROC.resolve(process + "/ns/net"));
    }

    /** The command line, for messages; a kernel thread's or zombie's short name; {@code ?} if there is no such process. */
    public static String commandLine(long pid) {
        try {
            String words = Proc.read(pid, "cmdline").replace('\0', ' ').trim();
            if (!words.isEmpty()) {
                return words;
            }
        } catch (IOException e) {
            // As with stat: gone.
        }
        return stat(pid).map(ProcessStat::command).orElse("?");
    }

    /**
     * The sessions that some processes and all that descend from them are in. Who makes a session of his own, as a
     * container's first process does, is found so as long as his parent lives.
     */
    public static Set<Long> sessionsOf(Collection<ProcessId> processes) throws IOException {
        List<ProcessStat> all = all();
        Set<Long> family = new HashSet<>();
        Set<Long> sessions = new HashSet<>();
        boolean grows = true;
        while (grows) {
            grows = false;
            for (ProcessStat one : all) {
                boolean ofThem =
                        family.contains(one.parent()) || processes.contains(new ProcessId(one.pid(), one.startTicks()));
                if (ofThem && family.add(one.pid())) {
                    sessions.add(one.session());
                    grows = true;
                }
            }
        }
        return sessions;
    }

    /**
     * Ends every process of some sessions by KILL, whatever group it has gone to.
     *
     * @param sessions their ids, each nobody else's as long as a process of the session is left
     */
    public static void killSessions(Collection<Long> sessions) throws IOException {
        int rounds = sessions.isEmpty() ? ROUNDS : 0;
        while (rounds < ROUNDS && killFound(sessions) > 0) {
            rounds++;
        }
    }

    /** @return how many processes of them were found; one that is forked meanwhile may not be among them */
    private static int killFound(Collection<Long> sessions) throws IOException {
        int found = 0;
        for (ProcessStat one : all()) {
            if (sessions.contains(one.session()) && one.session() > 1 && one.lives()) {
                found++;
                try (Pidfd process = Pidfd.open(one.pid()).orElse(null)) {
                    // Looked at again: by now the pid may be another's.
                    boolean same = stat(one.pid())
                            .filter(now -> now.session() == one.session())
                            .isPresent();
                    if (process != null && same) {
                        process.send(Signal.KILL);
                    }
                } catch (LinuxException e) {
                    if (!e.is(Errno.EPERM)) { // another user's, as a setuid program's is: the others go all the same
                        throw e;
                    }
                }
            }
        }
        return found;
    }

    /** {@link #signalGroup(long, Signal)} to that which a process leads, or has led, and not to one of another that has its pid. */
    public static boolean signalGroup(ProcessId leader, Signal signal) throws LinuxException {
        return !isReplaced(leader) && signalGroup(leader.pid(), signal);
    }

    /**
     * Sends a signal to every process of a group.
     *
     * @param group a process group's id, more than 1: kill(2) takes -1 for everybody
     * @return false if the group has no process
     * @throws LinuxException EPERM if no process of the group may be signalled
     */
    public static boolean signalGroup(long group, Signal signal) throws LinuxException {
        if (group <= 1) {
            throw new IllegalArgumentException("a process group to signal is more than 1, not " + group);
        }
        try {
            Kernel.call(
                    "kill",
                    signal + " to process group " + group,
                    () -> Kernel.LIBC.kill(Math.toIntExact(-group), signal.number()));
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.ESRCH)) {
                return false;
            }
            throw e;
        }
    }
}
