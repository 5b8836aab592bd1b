package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.ResourceLimit;
import dev.handover.supervisor.terms.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Room for the supervisor's own descriptors. It has several for each worker, and raises its limit once the one that it
 * was given gets short; workers get the one that it was given, on which a program may build (select(2), a table of that
 * many entries).
 */
final class DescriptorRoom {
    /** Raised when more than one in so many is used: workers open connections, and listeners are held, after a start. */
    private static final int SHARE = 4;

    /** What a start needs, what a worker has here while it serves and drains, and what an operator is answered by. */
    private static final int NEEDED = 32;

    /** What the supervisor has open for one that serves: its pidfd twice, its output, its two sockets, and its listeners. */
    private static final int OF_A_WORKER = 8;

    private final ResourceLimit given;
    private final Consumer<String> warnings;
    private long soft;
    private boolean raised;

    /** @param given the limit that this process was started with */
    DescriptorRoom(ResourceLimit given, Consumer<String> warnings) {
        this.given = given;
        this.soft = given.soft();
        this.warnings = warnings;
    }

    /** Makes room for workers that run already; to be called before any of them is adopted. */
    void makeFor(int workers) throws IOException {
        raiseFor(used() + (long) workers * OF_A_WORKER);
    }

    /**
     * Makes room where it gets short; to be called before each start.
     *
     * @throws IOException if there is none for one more worker: it would be started, and could not be seen to be ready
     */
    void make() throws IOException {
        long used = used();
        raiseFor(used);
        if (Long.compareUnsigned(used + NEEDED, soft) > 0) {
            throw new IOException("the supervisor has " + used + " descriptors open and may have "
                    + Long.toUnsignedString(soft)
                    + ", which leaves no room for another worker: raise its limit (`ulimit"
                    + " -n`, or LimitNOFILE= of its unit)");
        }
    }

    private void raiseFor(long needed) throws IOException {
        if (!raised
                && Long.compareUnsigned(given.soft(), given.hard()) < 0
                && needed > Long.divideUnsigned(given.soft(), SHARE)) {
            new ResourceLimit(given.hard(), given.hard()).set(Resource.NOFILE);
            soft = given.hard();
            raised = true;
            if (!Prlimit.isThere()) {
                warnings.accept("workers get " + given.hard() + " descriptors from now on and not " + given.soft()
                        + ", since the supervisor needs more itself and there is no program prlimit (util-linux)");
            }
        }
    }

    /** Back to the limit that this process was started with, for what takes its place to be started with it, too. */
    void giveBack() throws IOException {
        if (raised) {
            given.set(Resource.NOFILE);
        }
    }

    /** What workers are to get that the supervisor has no more: nothing where there is no program that could set it. */
    Map<Resource, ResourceLimit> kept() {
        return raised && Prlimit.isThere() ? Map.of(Resource.NOFILE, given) : Map.of();
    }

    private static long used() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }
}
