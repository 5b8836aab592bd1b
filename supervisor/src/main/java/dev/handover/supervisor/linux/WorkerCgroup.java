package dev.handover.supervisor.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The cgroup of one worker, with all of its processes and no other's. Who it is of is told by where it is, so that it is found
 * by any of its processes, whatever else became of that: {@code handover-1f0e2d3c/web-g7/w1.4711}.
 *
 * @param leader the worker's process
 */
public record WorkerCgroup(Cgroup cgroup, long leader) {
    /** Of a supervisor, by what tells it from others. */
    private static final Pattern TREE = Pattern.compile("handover-[0-9a-f]{8}");

    private static final Pattern GENERATION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*-g\\d+");
    private static final Pattern WORKER = Pattern.compile("(?:w\\d+|before-start|after-flip)\\.(?<leader>\\d{1,10})");

    /** Below that of a generation. */
    public static WorkerCgroup in(Cgroup generation, String worker, long leader) {
        return new WorkerCgroup(generation.child(worker + "." + leader), leader);
    }

    /** That of the worker that a process is in by its place; it may have made others below for itself. */
    public static Optional<WorkerCgroup> of(long pid) {
        return Cgroup.of(pid).flatMap(WorkerCgroup::at);
    }

    /**
     * That of the worker that a process is one of. Whoever may make cgroups anywhere can give them such names, but can't take
     * another user's process into them: the worker's own has to be in it, too.
     */
    public static Optional<WorkerCgroup> withItsLeader(long pid) {
        return of(pid).filter(found -> of(found.leader).equals(Optional.of(found)));
    }

    /** Empty if it is none of a worker. */
    public static Optional<WorkerCgroup> at(Cgroup cgroup) {
        return at(cgroup.folder());
    }

    static Optional<WorkerCgroup> at(Path folder) {
        for (Path at = folder; at != null && at.getNameCount() >= 3; at = at.getParent()) {
            Matcher worker = WORKER.matcher(name(at, 1));
            if (worker.matches()
                    && GENERATION.matcher(name(at, 2)).matches()
                    && TREE.matcher(name(at, 3)).matches()) {
                return Optional.of(new WorkerCgroup(new Cgroup(at), Long.parseLong(worker.group("leader"))));
            }
        }
        return Optional.empty();
    }

    private static String name(Path folder, int fromEnd) {
        return folder.getName(folder.getNameCount() - fromEnd).toString();
    }

    /** Those that a worker's process leads here; empty where it is in none of its own. */
    static Set<Long> ledBy(long leader) throws IOException {
        Optional<WorkerCgroup> own = of(leader).filter(one -> one.leader() == leader);
        return new LinkedHashSet<>(own.isPresent() ? own.get().cgroup().processes() : List.of());
    }

    /** Its generation's. */
    public Cgroup generation() {
        return new Cgroup(Objects.requireNonNull(cgroup.folder().getParent(), "a worker's is never the first"));
    }

    /** All of its processes, without zombies. */
    public List<ProcessStat> running() throws IOException {
        return cgroup.processes().stream()
                .flatMap(pid -> Processes.stat(pid).stream())
                .filter(ProcessStat::lives)
                .toList();
    }

    /** Those that have left the session that the worker leads. */
    public List<ProcessStat> outsideSession() throws IOException {
        return running().stream().filter(one -> one.session() != leader).toList();
    }
}
