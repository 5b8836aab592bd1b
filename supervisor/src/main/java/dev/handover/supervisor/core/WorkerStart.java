package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.WorkerState.KILLING;
import static dev.handover.supervisor.terms.WorkerState.READY;
import static dev.handover.supervisor.terms.WorkerState.STARTING;

import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ReadyWhen;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.WorkerState;
import java.util.List;

/** How a process of a worker is started, and what it takes for it to be ready. */
final class WorkerStart {
    private final Worker worker;
    private final ServiceSpec spec;
    /** Whether its next process is to have a low share of the CPU until it is ready. */
    private boolean gentle;
    /** When it has had a low share for long enough. */
    private long lowUntil;

    WorkerStart(Worker worker, ServiceSpec spec) {
        this.worker = worker;
        this.spec = spec;
    }

    /** Only when {@link WorkerState#WAITING}. */
    void begin(Turn turn) {
        worker.attempts(Attempt.toStart(!spec.listen().isEmpty()));
        worker.become(STARTING, turn.now() + spec.readyTimeout().toNanos(), "started", turn);
        turn.effect(new Effect.StartWorker(worker.id(), spec));
    }

    /** Goes on with a process that an earlier supervisor started. */
    void adopt(ProcessId running, Turn turn) {
        worker.become(STARTING, Long.MAX_VALUE, "adopted", turn);
        worker.attempts(Attempt.adopted(running));
        turn.effect(new Effect.AdoptWorker(worker.id(), running, spec));
        if (!spec.listen().isEmpty()) {
            turn.effect(new Effect.WatchListeners(worker.id(), running, spec.listen(), true));
        }
        worker.readied(turn);
    }

    /** @return whether the event is about its getting ready */
    boolean on(Event.OfProcess event, Turn turn) {
        if (event instanceof Event.SaidReady) {
            saidReady(turn);
        } else if (event instanceof Event.Listening) {
            listens(turn);
        } else if (event instanceof Event.NotListening not) {
            listensNot(not, turn);
        } else if (event instanceof Event.ShareRestored) {
            shareRestored(turn);
        } else {
            return false;
        }
        return true;
    }

    /** One that was told to end before its start was known has got no signal yet. */
    void started(ProcessId process, Turn turn) {
        worker.attempt().started(process);
        turn.about(worker.id()).info(What.WORKER_STARTED, worker.id() + " started (" + process + ")");
        if (worker.state() == STARTING) {
            if (gentle) {
                gentle = false; // one that is started again is missed by those that serve
                worker.attempt().share(Attempt.Share.LOW);
                lowUntil = turn.now() + (worker.deadline() - turn.now()) / 2;
                turn.effect(new Effect.LowerShare(worker.id(), process));
            }
            if (spec.ready() == ReadyWhen.LISTENING) {
                turn.effect(new Effect.WatchListeners(worker.id(), process, spec.listen(), false));
            }
        } else {
            worker.signal(worker.state() == KILLING ? Signal.KILL : spec.stopSignal(), turn);
        }
    }

    private void saidReady(Turn turn) {
        if (worker.state() == STARTING && !worker.attempt().hasSaidReady()) {
            worker.attempt().saysReady();
            if (!worker.attempt().isListening() && spec.ready() == ReadyWhen.NOTIFIED) {
                worker.process()
                        .ifPresent(process ->
                                turn.effect(new Effect.WatchListeners(worker.id(), process, spec.listen(), true)));
            }
            maybeReady(turn);
        }
    }

    private void listens(Turn turn) {
        boolean again = worker.state() == READY && !worker.attempt().isListening();
        worker.attempt().listens();
        if (again) {
            worker.recovered();
            turn.about(worker.id()).info(What.WORKER_LISTENS, worker.named() + " listens again");
        }
        maybeReady(turn);
    }

    private void listensNot(Event.NotListening not, Turn turn) {
        boolean ceased = worker.state() == READY && worker.attempt().isListening();
        worker.attempt().listensNot(not.missing());
        if (ceased) {
            String why = worker.named() + " no longer listens: " + not.missing();
            worker.failed(PhaseEnd.UNWELL, why, List.of());
            turn.about(worker.id()).error(What.WORKER_FAILED, why);
        } else if (worker.state() == STARTING && not.misfit()) {
            turn.about(worker.id())
                    .warn(worker.named() + ": " + not.missing() + "; it is not ready before that is mended");
        }
    }

    private void maybeReady(Turn turn) {
        if (worker.state() == STARTING && worker.attempt().isReady(spec.ready())) {
            askShareBack(turn);
            if (worker.attempt().share() == Attempt.Share.WHOLE) {
                worker.readiedAtLast(turn);
            }
        }
    }

    /** Has its next process begin with a low share of the CPU. */
    void gently() {
        gentle = true;
    }

    /** When its process is to have its whole share of the CPU, ready or not: it may need the rest of its time for it. */
    long lowUntil() {
        boolean low = worker.state() == STARTING && worker.attempt().share() == Attempt.Share.LOW;
        return low ? lowUntil : Long.MAX_VALUE;
    }

    /** Nobody is there any more whom its start could keep from the CPU. */
    void hurry(Turn turn) {
        gentle = false;
        if (worker.state() == STARTING) {
            askShareBack(turn);
        }
    }

    private void askShareBack(Turn turn) {
        if (worker.attempt().share() == Attempt.Share.LOW) {
            worker.attempt().share(Attempt.Share.ASKED_BACK);
            worker.process().ifPresent(process -> turn.effect(new Effect.RestoreShare(worker.id(), process)));
        }
    }

    private void shareRestored(Turn turn) {
        worker.attempt().share(Attempt.Share.WHOLE);
        maybeReady(turn);
    }

    /** The ready-timeout is over. One that lacks its whole share of the CPU alone serves better so than not at all. */
    void overdue(Turn turn) {
        if (worker.attempt().isReady(spec.ready())) {
            turn.about(worker.id())
                    .warn(
                            worker.named()
                                    + " is ready, but was not given its whole share of the CPU in time; it serves so, and that is tried on");
            worker.readiedAtLast(turn);
            return;
        }
        String why = worker.named() + " was not ready within " + Durations.text(worker.allowed());
        String missing = worker.attempt().missing(spec.ready());
        if (!missing.isEmpty()) {
            why += ": " + missing;
        }
        worker.failed(PhaseEnd.NOT_READY_IN_TIME, why, List.of());
        turn.about(worker.id()).error(What.WORKER_FAILED, why);
        worker.terminate("not ready in time", turn);
    }
}
