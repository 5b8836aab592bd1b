package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.CanaryShare;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.WarmUpSpec;
import dev.handover.supervisor.terms.WorkerId;
import dev.handover.supervisor.terms.WorkerState;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** How new connections are led to the workers of one generation, or away from them: what steering is asked for, and has said. */
final class Lead {
    private final ServiceSpec spec;
    private final GenerationId id;
    private final Collection<Worker> workers;

    private boolean steered;
    private boolean pinned;
    private boolean held;
    private String refusal = "";

    Lead(ServiceSpec spec, GenerationId id, Collection<Worker> workers) {
        this.spec = spec;
        this.id = id;
        this.workers = workers;
    }

    /** Of one that an earlier supervisor steered away from, and whose QUIC connections are to stay with it. */
    static void holdFlows(Remembered remembered, Turn turn) {
        boolean leaves = Set.of(
                        GenerationState.CANARY,
                        GenerationState.QUIESCING,
                        GenerationState.STANDBY,
                        GenerationState.DRAINING)
                .contains(remembered.state());
        if (leaves && remembered.spec().quic().isPresent()) {
            holdLeft(remembered, turn);
        }
    }

    /** Of one that an earlier supervisor steered away from: new connections that come to it again find no seal. */
    static void holdLeft(Remembered remembered, Turn turn) {
        ServiceSpec spec = remembered.spec();
        if (spec.handover() == Moving.STEERED) {
            remembered.processes().forEach((index, process) -> {
                WorkerId worker = new WorkerId(spec.name(), remembered.id(), index);
                if (worker.isWorker()) {
                    turn.effect(new Effect.Hold(worker, process, spec.listen(), spec.quic(), true));
                }
            });
        }
    }

    /** Whether new connections come to its workers, as far as they accept, and to nobody else who merely listens. */
    boolean isPinned() {
        return pinned;
    }

    /** Whether steering was asked to lead new connections to it, or to hold what it listens on as it leaves. */
    boolean wasSteered() {
        return steered;
    }

    /** Whether any of its listeners may be held. */
    boolean mayBeHeld() {
        return held;
    }

    /** Why new connections can't be moved to it; empty where that is not known, or they were. */
    String refusal() {
        return refusal;
    }

    /** Told that they can't be, though nothing else serves; each reason is said once. */
    void refuse(String why, Turn turn) {
        if (!why.equals(refusal)) {
            turn.about(spec.name(), id)
                    .error(name() + ": " + why + "; no new connections come to it, and it is tried again each second");
        }
        refusal = why;
    }

    /** Steering says how new connections come to it. */
    void steeredAs(Mode mode) {
        pinned = mode == Mode.STEERED;
        refusal = "";
    }

    /** It serves. */
    void serves() {
        refusal = "";
    }

    /**
     * Asks for new connections to be moved to it.
     *
     * @param other whether they are steered to another generation now
     * @return whether an answer will come
     */
    boolean steer(boolean other, Turn turn) {
        if (spec.handover() == Moving.STEERED) {
            steered = true;
            held = true;
            steerAgain(turn);
            return true;
        }
        if (other) {
            turn.effect(new Effect.GiveUp(spec.name(), id, spec.listen()));
        }
        return other;
    }

    /** Asks for it once more. */
    void steerAgain(Turn turn) {
        turn.effect(new Effect.Steer(spec.name(), id, ready(), spec.listen(), spec.quic()));
    }

    /** Asks for new connections to be moved back to it. */
    void steerBack(Turn turn) {
        turn.effect(new Effect.SteerBack(spec.name(), id, ready(), spec.listen()));
    }

    /** Asks for the new connections of some clients to be led to it, beside the generation that serves. */
    void share(CanaryShare share, Turn turn) {
        steered = true;
        held = true;
        turn.effect(new Effect.Share(spec.name(), id, ready(), spec.listen(), spec.quic(), share));
    }

    /** Asks for requests to be sent to it before new connections are moved to it. */
    void warmUp(WarmUpSpec warmUp, Turn turn) {
        held = true;
        turn.effect(new Effect.WarmUp(spec.name(), id, ready(), spec.listen(), spec.quic(), warmUp));
    }

    /** Its workers are asked for their health before new connections are moved to it: that takes their listeners. */
    void asksForHealth() {
        held = true;
    }

    /** Holds what it listens on, to see it run empty: an earlier supervisor has steered away from it. */
    void holdLeaving(Turn turn) {
        if (spec.handover() == Moving.STEERED) {
            steered = true;
            held = true;
            ready().forEach((worker, process) ->
                    turn.effect(new Effect.Hold(worker, process, spec.listen(), spec.quic(), true)));
        }
    }

    /** Lets go of what is held of it. */
    void release(Turn turn) {
        turn.effect(new Effect.Release(spec.name(), id));
    }

    /**
     * Holds the listeners of a worker that has got ready while its siblings still start. Not where a worker that dies would be
     * started again: its listener, held, would go on taking clients, as nothing is steered elsewhere.
     */
    void holdEarly(Worker worker, Turn turn) {
        if (spec.handover() == Moving.STEERED) {
            worker.process().ifPresent(process -> {
                held = true;
                turn.effect(new Effect.Hold(worker.id(), process, spec.listen(), spec.quic(), false));
            });
        }
    }

    /** A worker that was started again is ready: it has its share of new connections. */
    void rejoin(Worker worker, Turn turn) {
        if (steered) {
            worker.process().ifPresent(process -> turn.effect(new Effect.Rejoin(worker.id(), process)));
        }
    }

    /** A worker that serves has closed a listener, or opened one. */
    void relisten(Worker worker, Turn turn) {
        if (steered) {
            worker.process().ifPresent(process -> turn.effect(new Effect.Relisten(worker.id(), process)));
        }
    }

    /** A worker is gone, or is to be ended: its siblings have its share. */
    void steerAway(Worker worker, Turn turn) {
        if (steered) {
            boolean adopted = workers.stream().anyMatch(one -> one.attempt().isAdopter());
            turn.effect(new Effect.SteerAway(worker.id(), adopted ? spec.quiesceTimeout() : Duration.ZERO));
        }
    }

    /** Its ready workers that can adopt what a dead one left behind. */
    Map<WorkerId, ProcessId> adopters() {
        return ready(worker -> worker.attempt().isAdopter());
    }

    private Map<WorkerId, ProcessId> ready() {
        return ready(worker -> true);
    }

    private Map<WorkerId, ProcessId> ready(Predicate<Worker> chosen) {
        Map<WorkerId, ProcessId> processes = new TreeMap<>();
        for (Worker worker : workers) {
            if (worker.state() == WorkerState.READY && chosen.test(worker)) {
                worker.process().ifPresent(process -> processes.put(worker.id(), process));
            }
        }
        return processes;
    }

    private String name() {
        return spec.name() + " generation " + id;
    }
}
