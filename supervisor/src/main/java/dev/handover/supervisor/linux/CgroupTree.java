package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;

/**
 * A supervisor's cgroups, below the one that it was started in: {@code handover-1f0e2d3c}, named by its control socket, so that the
 * next one finds it; in that {@code supervisor} for itself and what it starts for itself, and {@code web-g7} for each generation.
 * Where controllers count, processes may be in the outermost ones only (cgroups(7), "no internal processes").
 */
public final class CgroupTree {
    /** What a generation's share of the CPU is by default; a {@link #LOW} one is about a tenth of it. */
    public static final long WHOLE = 100;

    public static final long LOW = 10;

    private static final String SUPERVISOR = "supervisor";

    private static final List<String> CONTROLLERS = List.of("cpu", "memory", "pids");
    private static final String MEMORY = "memory";
    private static final String PREFIX = "handover-";
    private static final long LONGEST_LEAVE_MILLIS = 1000;
    private static final long SELF = ProcessHandle.current().pid();

    private final Cgroup top;
    private final Cgroup tree;
    private final Cgroup own;
    /** Generations that had memory before it was counted, which it then never is. */
    private final Set<Cgroup> countedLate = ConcurrentHashMap.newKeySet();

    private CgroupTree(Cgroup top, Cgroup tree, Cgroup own) {
        this.top = top;
        this.tree = tree;
        this.own = own;
    }

    /**
     * Makes what is not there from an earlier supervisor, and goes there with this process.
     *
     * @param control the path of the supervisor's socket
     * @throws IOException if there can be none, with a message for users
     */
    public static CgroupTree settle(Path control) throws IOException {
        Optional<String> obstacle = obstacle();
        if (obstacle.isPresent()) {
            throw new IOException(obstacle.get());
        }
        Cgroup top = top().orElseThrow(() -> new IOException("its cgroup has gone"));
        Cgroup tree = top.child(PREFIX + hash(control.toString()));
        CgroupTree settled = new CgroupTree(top, tree, tree.child(SUPERVISOR));
        Cgroup before = Cgroup.ofThisProcess().orElse(top);
        try {
            settled.settle();
            return settled;
        } catch (IOException refused) {
            settled.goBack(before, refused);
            throw refused;
        }
    }

    private void settle() throws IOException {
        tree.make();
        own.make();
        if (!own.own().contains(SELF)) {
            own.take(SELF);
        }
        if (!tree.enabled().contains(MEMORY)) {
            countedLate.addAll(generations());
        }
        count();
    }

    /** Half settled is not settled: as if it had not been tried. Generations that are there from before stay. */
    private void goBack(Cgroup before, IOException because) {
        try {
            boolean alone = tree.children().isEmpty() || tree.children().equals(List.of(own));
            if (alone) {
                tree.disable(CONTROLLERS);
            }
            if (alone && !top.isRoot() && top.children().equals(List.of(tree))) {
                top.disable(CONTROLLERS);
            }
            if (!before.own().contains(SELF)) {
                before.take(SELF);
            }
            if (alone && tree.processes().isEmpty()) {
                tree.remove();
            }
        } catch (IOException stays) {
            because.addSuppressed(stays);
        }
    }

    private static String hash(String text) {
        CRC32 sum = new CRC32();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }

    /** Below which the tree is, or is to be. */
    private static Optional<Cgroup> top() {
        return ofThisProcess().flatMap(Cgroup::parent).or(Cgroup::ofThisProcess);
    }

    /** Why this process can't have any; empty if it can. */
    public static Optional<String> obstacle() {
        Optional<Cgroup> top = top();
        if (top.isEmpty() || !top.get().exists()) {
            return Optional.of("no cgroup of version 2 is to be seen");
        }
        if (top.get().isThreaded()) {
            return Optional.of("none may be made below " + top.get() + ", which is for threads (cgroup.type)");
        }
        return top.get().isOurs()
                ? Optional.empty()
                : Optional.of("none may be made below " + top.get() + " (Delegate= of a unit allows it)");
    }

    /** As far as the kernel allows; the rest is told by {@link #uncounted}. */
    private void count() throws IOException {
        try {
            if (!top.isRoot() && top.own().isEmpty()) {
                top.enable(CONTROLLERS);
            }
        } catch (IOException refused) {
            // Others are in it: they are named where it is asked for.
        }
        tree.enable(CONTROLLERS);
        for (Cgroup generation : generations()) {
            generation.enable(CONTROLLERS);
        }
    }

    /** Whether generations of the supervisor that this process is have shares of the CPU. */
    public static boolean sharesCpu() {
        try {
            Optional<Cgroup> tree = ofThisProcess();
            return tree.isPresent() && tree.get().enabled().contains("cpu");
        } catch (IOException unknown) {
            return false;
        }
    }

    /** The tree that this process has settled in. */
    private static Optional<Cgroup> ofThisProcess() {
        return Cgroup.ofThisProcess()
                .filter(own -> own.name().equals(SUPERVISOR))
                .flatMap(Cgroup::parent)
                .filter(tree -> tree.name().startsWith(PREFIX));
    }

    /** What is not counted, or meted out, of the cgroups that this process has settled in; empty if all is, or it has not. */
    public static Optional<String> uncounted() {
        try {
            Optional<Cgroup> tree = ofThisProcess();
            Optional<Cgroup> top = tree.flatMap(Cgroup::parent);
            if (top.isEmpty()) {
                return Optional.empty();
            }
            List<String> missing = new ArrayList<>(CONTROLLERS);
            missing.removeAll(tree.get().enabled());
            return missing.isEmpty()
                    ? Optional.empty()
                    : Optional.of("without " + String.join(", ", missing) + ": " + why(missing, top.get()));
        } catch (IOException unknown) {
            return Optional.of(Why.of(unknown));
        }
    }

    private static String why(List<String> missing, Cgroup top) throws IOException {
        List<Long> others = top.own();
        return top.isRoot() || others.isEmpty() || top.enabled().containsAll(missing)
                ? top + " has no such controllers to hand on (Delegate= names them; version 1 of cgroups may have them)"
                : "other processes are in " + top + " itself, such as pid " + others.get(0);
    }

    /** That of a generation; it need not be there. */
    public Cgroup generation(ServiceName service, GenerationId id) {
        return tree.child(service + "-g" + id);
    }

    /**
     * Makes the cgroup of a worker's process, and of its generation where it is the first.
     *
     * @param began whether the process has been running for a while, in another one
     */
    public WorkerCgroup make(Cgroup generation, String worker, long leader, boolean began) throws IOException {
        generation.make();
        if (!tree.enabled().containsAll(CONTROLLERS)) {
            count(); // who was in the way may be no more
        }
        if (began || !tree.enabled().contains(MEMORY)) {
            countedLate.add(generation);
        }
        generation.enable(tree.enabled());
        WorkerCgroup made = WorkerCgroup.in(generation, worker, leader);
        made.cgroup().make();
        return made;
    }

    /** Those of all generations, of earlier supervisors' too. */
    public List<Cgroup> generations() throws IOException {
        List<Cgroup> all = new ArrayList<>(tree.children());
        all.remove(own);
        return all;
    }

    /** Whether what a generation holds of memory was counted from its start: while there was no supervisor, it may not have been. */
    public boolean countsMemoryOf(Cgroup generation) {
        return !countedLate.contains(generation);
    }

    /** There is no such generation any more. */
    public void forget(Cgroup generation) {
        countedLate.remove(generation);
    }

    /**
     * Processes in the supervisor's own cgroup that a child of it, which it has just started, or what that has forked, got away to
     * before that child was taken into its own.
     */
    public List<Long> born(long child) throws IOException {
        long start = Processes.stat(child).map(ProcessStat::startTicks).orElse(Long.MAX_VALUE);
        List<Long> born = new ArrayList<>();
        for (long pid : own.own()) {
            boolean later =
                    Processes.stat(pid).filter(one -> one.startTicks() >= start).isPresent();
            if (later && pid != SELF && !isOfAnother(pid, child) && !Processes.hasEnded(pid)) {
                born.add(pid);
            }
        }
        return born;
    }

    /** Whether a process descends from this one, and not by the given child. */
    private static boolean isOfAnother(long pid, long child) {
        for (long at = pid; at > 1 && at != child; ) {
            long parent = Processes.stat(at).map(ProcessStat::parent).orElse(0L);
            if (parent == SELF) {
                return true;
            }
            at = parent;
        }
        return false;
    }

    /** Goes back to where this process was started, and leaves nothing, as far as that can be. */
    public void leave() {
        try {
            tree.disable(CONTROLLERS);
            if (!top.isRoot() && top.children().equals(List.of(tree))) {
                top.disable(CONTROLLERS);
            }
            top.take(SELF);
            if (own.awaitEmpty(LONGEST_LEAVE_MILLIS)) { // others were told to end
                tree.remove();
            }
        } catch (IOException notNow) {
            // Empty cgroups are left; where systemd made the outer one, it removes them with that.
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return tree.toString();
    }
}
