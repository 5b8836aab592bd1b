package dev.handover.supervisor.steering;

import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.WorkerId;
import java.util.TreeSet;

/** A worker's process in a {@link ReloadWorld}, and the clients that it has accepted. */
final class SimulatedWorker {
    final WorkerId id;
    final ProcessId process;
    final ServiceSpec spec;
    final boolean adopts;
    final TreeSet<Integer> accepted = new TreeSet<>();
    boolean saved;
    boolean listens;
    boolean ready;
    /** Until when it is stopped, as by SIGSTOP or a long pause of its garbage collector. */
    long stoppedUntil;
    /** It takes what waits, and nobody else. */
    boolean drains;

    boolean closed;
    boolean ended;

    SimulatedWorker(WorkerId id, ProcessId process, ServiceSpec spec, boolean adopts) {
        this.id = id;
        this.process = process;
        this.spec = spec;
        this.adopts = adopts;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public String toString() {
        return id + " (" + process + ")";
    }
}
