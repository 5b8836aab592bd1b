package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.OpenConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How one process of a worker drains: whether it has been told, what the witness shows of its connections, and what
 * remains to be said of it.
 */
final class Drain {
    /**
     * A worker is told to drain, or let go of, without the witness's answer after so long. That takes milliseconds, but seconds
     * where dozens of services are reloaded at once on a machine that has no CPU to spare.
     */
    static final Duration WITNESS_LIMIT = Duration.ofSeconds(10);

    /** How long after a KILL what was cut by it is looked for. */
    static final Duration AFTER_KILL = Duration.ofSeconds(1);

    private static final long UNTOLD = -1;

    private long over;
    private boolean told;
    private boolean untilIdle;
    private boolean byItself;
    private long open = UNTOLD;
    private List<OpenConnection> oldest = List.of();
    private long oldestSeen;
    private String between = "";
    private boolean lingers;
    private @Nullable DrainAccount account;
    private final List<String> doubts = new ArrayList<>();
    private final List<String> advice = new ArrayList<>();

    /** @param over when its time is over */
    Drain(long over) {
        this.over = over;
    }

    /** One that has begun by the worker's own will. */
    static Drain byItself(long over) {
        Drain drain = new Drain(over);
        drain.told = true;
        drain.byItself = true;
        return drain;
    }

    void told() {
        told = true;
    }

    boolean isTold() {
        return told;
    }

    boolean isByItself() {
        return byItself;
    }

    /** It is not told, but waited for until it is idle. */
    void waitUntilIdle() {
        told = true;
        untilIdle = true;
    }

    boolean waitsUntilIdle() {
        return untilIdle;
    }

    /** How much of its time is left. */
    Duration left(long now) {
        return Duration.ofNanos(Math.max(0, over - now));
    }

    long over() {
        return over;
    }

    /** It has until then. */
    void over(long then) {
        over = then;
    }

    void seen(long connections) {
        open = connections;
    }

    /** @param longest those that have been open the longest, as of now */
    void seen(long connections, List<OpenConnection> longest, long now) {
        open = connections;
        oldest = longest;
        oldestSeen = now;
    }

    /** Those that have been open the longest, as the kernel showed last; empty if nothing was seen. */
    List<OpenConnection> oldest(long now) {
        Duration since = Duration.ofNanos(now - oldestSeen);
        return oldest.stream().map(one -> one.later(since)).toList();
    }

    /** Connections that it holds, as the kernel showed last; empty if nothing was seen. */
    OptionalLong open() {
        return open == UNTOLD ? OptionalLong.empty() : OptionalLong.of(open);
    }

    /** A program without any part in the service is the worker's process: it is what signals come to. */
    void standsBetween(String program) {
        between = program;
    }

    String between() {
        return between;
    }

    /** Its process has ended, others of it go on. */
    void lingers(long connections, List<OpenConnection> longest, long now) {
        lingers = true;
        seen(connections, longest, now);
    }

    boolean isLingering() {
        return lingers;
    }

    void accounted(DrainAccount figures) {
        account = figures;
        open = 0;
        oldest = List.of();
    }

    boolean isUnseen() {
        return !doubts.isEmpty();
    }

    void unseen(String why) {
        doubts.add(why);
    }

    void advise(String what) {
        advice.add(what);
    }

    List<String> advice() {
        return List.copyOf(advice);
    }

    /** What became of its connections, and why nothing is known of that where it isn't. */
    DrainAccount account() {
        DrainAccount known = account == null ? DrainAccount.NOTHING : account;
        return known.plus(new DrainAccount(0, 0, 0, 0, 0, 0, doubts));
    }
}
