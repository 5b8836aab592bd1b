package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.WorkerId;
import java.util.List;
import java.util.Random;

/** A worker's process in a {@link World}: some obey, some do not, a few can't even be killed. */
final class FakeProcess {
    private final WorkerId worker;
    private final ProcessId id;
    private final boolean stubborn;
    private final boolean unkillable;
    private boolean saved;
    private boolean toldToEnd;

    FakeProcess(WorkerId worker, ProcessId id, Random random) {
        this.worker = worker;
        this.id = id;
        this.stubborn = random.nextInt(6) == 0;
        this.unkillable = random.nextInt(200) == 0;
    }

    WorkerId worker() {
        return worker;
    }

    ProcessId id() {
        return id;
    }

    /** Whether the supervisor's memory has it. */
    boolean isSaved() {
        return saved;
    }

    void saved() {
        saved = true;
    }

    boolean isToldToEnd() {
        return toldToEnd;
    }

    boolean isUnkillable() {
        return unkillable;
    }

    void take(Signal signal) {
        toldToEnd |= !stubborn;
    }

    void toldToDrain() {
        toldToEnd |= !stubborn;
    }

    /** Something that it might say, sensible or not. */
    Event word(Random random) {
        long pid = id.pid();
        return switch (random.nextInt(19)) {
            case 0 -> new Event.Joined(worker, pid);
            case 1 -> new Event.SaidConnections(worker, pid, random.nextInt(100));
            case 2 -> new Event.SaidAlive(worker, pid);
            case 3 -> new Event.SaidStatus(worker, pid, "well");
            case 4 -> random.nextInt(10) == 0 ? new Event.SaidFailed(worker, pid) : new Event.SaidAlive(worker, pid);
            case 5 -> new Event.SaidDraining(worker, pid);
            case 6 -> new Event.SaidDone(worker, pid);
            case 7 -> new Event.NotTold(worker, pid);
            case 8 -> new Event.NotListening(worker, pid, "nobody listens", false);
            case 12, 13 -> new Event.SeenConnections(worker, pid, random.nextInt(3), List.of(), random.nextBoolean());
            case 14 -> new Event.SaidAdopts(worker, pid);
            case 9, 10, 11 -> new Event.Listening(worker, pid);
            default -> new Event.SaidReady(worker, pid);
        };
    }
}
