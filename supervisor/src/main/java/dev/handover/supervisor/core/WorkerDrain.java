package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.WorkerState.DRAINING;
import static dev.handover.supervisor.terms.WorkerState.KILLING;
import static dev.handover.supervisor.terms.WorkerState.READY;
import static dev.handover.supervisor.terms.WorkerState.TERMINATING;

import dev.handover.supervisor.terms.Counts;
import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.EndedBy;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.QuicSpec;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SignalsTo;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a worker drains: when it is told, what it and the witness say meanwhile, and what becomes of those who hold its
 * connections when its process has ended.
 */
final class WorkerDrain {
    private static final long NEVER = Long.MAX_VALUE;
    private static final String NO_ANSWER = "what became of its connections was not seen in time";

    private final Worker worker;
    private final ServiceSpec spec;
    /** When it is told to drain, if it is not told before. */
    private long tellDeadline = NEVER;
    /** When it is its turn to be told. */
    private long turnFrom;
    /** Whether all that it waits for is its turn. */
    private boolean waitsForTurn;
    /** Whether it was seen to do something of its own at the signal that it is told by. */
    private boolean catchesSignal;
    /** Whether it is ended, and not told, where it holds nothing. */
    private boolean endsIfIdle;

    WorkerDrain(Worker worker, ServiceSpec spec) {
        this.worker = worker;
        this.spec = spec;
    }

    long tellDeadline() {
        return tellDeadline;
    }

    void hasNotServed() {
        endsIfIdle = true;
    }

    /** Nothing is left to be told. */
    void over() {
        tellDeadline = NEVER;
        waitsForTurn = false;
    }

    /**
     * Has it told to drain, once it is known what it holds; one without a process is done at once.
     *
     * @param accepts whether new connections still come to it
     * @param after how long it is not told yet, as long as it holds connections
     */
    void begin(boolean accepts, Duration after, Turn turn) {
        turnFrom = turn.now() + after.toNanos();
        long over = turnFrom + spec.drainTimeout().toNanos();
        Drain drain = new Drain(over);
        worker.become(DRAINING, over, "told to drain", turn);
        worker.attempt().drainBegins(drain);
        if (worker.process().isEmpty()) {
            tell(drain, turn);
        } else {
            Optional<Signal> signal =
                    spec.drain() instanceof DrainBy.BySignal by ? Optional.of(by.signal()) : Optional.empty();
            // The rest is for the worker to drain in, once it has been told.
            tellDeadline = turnFrom
                    + Math.min(
                            Drain.WITNESS_LIMIT.toNanos(), spec.drainTimeout().toNanos() / 2);
            watchDrain(signal, accepts, turn);
        }
    }

    void onDeadline(Turn turn) {
        if (turn.now() >= tellDeadline) {
            worker.attempt().drain().ifPresent(drain -> {
                if (!waitsForTurn) {
                    drain.unseen(worker.named() + ": " + NO_ANSWER);
                }
                tell(drain, turn);
            });
        }
    }

    /**
     * @param after what follows if nothing is left of it
     * @return whether the event is about its drain
     */
    boolean on(Event.OfProcess event, AfterDeath after, Turn turn) {
        if (event instanceof Event.Joined) {
            joined(turn);
        } else if (event instanceof Event.SaidDraining) {
            saidDraining(turn);
        } else if (event instanceof Event.SaidDone) {
            saidDone(turn);
        } else if (event instanceof Event.NotTold) {
            notTold(turn);
        } else if (event instanceof Event.SeenConnections seen) {
            seenConnections(seen, turn);
        } else if (event instanceof Event.DrainWatched watched) {
            drainWatched(watched, turn);
        } else if (event instanceof Event.NotWatched not) {
            notWatched(not.reason(), after, turn);
        } else if (event instanceof Event.Lingers lingers) {
            lingers(lingers, turn);
        } else if (event instanceof Event.Accounted accounted) {
            accounted(accounted.account(), after, turn);
        } else {
            return false;
        }
        return true;
    }

    private void joined(Turn turn) {
        if (worker.state() == DRAINING && isTold() && spec.drain() instanceof DrainBy.Protocol) {
            tellDrain(turn);
        }
    }

    private boolean isTold() {
        return worker.attempt().drain().filter(Drain::isTold).isPresent();
    }

    private void saidDone(Turn turn) {
        if (worker.state() == DRAINING && !worker.attempt().isDone()) {
            worker.attempt().done();
            worker.waitUntil(
                    Math.min(worker.deadline(), turn.now() + spec.killGrace().toNanos()));
        }
    }

    private void seenConnections(Event.SeenConnections seen, Turn turn) {
        worker.attempt().drain().ifPresent(drain -> {
            drain.seen(seen.open(), seen.oldest(), turn.now());
            if (waitsForTurn && seen.open() == 0) {
                tell(drain, turn);
            }
        });
        boolean idle = spec.drain() instanceof DrainBy.Idle
                || worker.attempt().drain().filter(Drain::waitsUntilIdle).isPresent();
        if (worker.state() == DRAINING
                && seen.open() == 0
                && seen.quiet()
                && idle
                && isTold()
                && !worker.attempt().hasEnded()) {
            worker.attempt().done();
            worker.terminate("idle", turn);
        }
    }

    /** What it holds is known, so that what becomes of it will be: it can be told to drain. */
    private void drainWatched(Event.DrainWatched event, Turn turn) {
        worker.attempt().drain().ifPresent(drain -> {
            drain.seen(event.open());
            catchesSignal = !event.endsAtSignal();
            if (spec.signalsTo() == SignalsTo.MAIN) { // else they come to the program as well
                drain.standsBetween(event.standsBetween());
            }
            if (worker.state() == DRAINING
                    && !drain.isTold()
                    && !worker.attempt().hasEnded()) {
                if (endsIfIdle && event.open() == 0) {
                    drain.told();
                    over();
                    worker.attempt().done();
                    worker.terminate("it had not finished starting", turn);
                } else if (event.endsAtSignal() && event.open() > 0) {
                    drain.waitUntilIdle();
                    over();
                    String why = worker.named() + " would do nothing at " + spec.drain() + " but end, with "
                            + Counts.text(event.open(), "connection") + " open; it is left to finish them first."
                            + " Set drain = \"idle\", or have the program finish its connections at the signal";
                    drain.advise(why);
                    turn.about(worker.id()).warn(why);
                } else if (event.open() > 0) {
                    tellInTurn(drain, turn);
                } else {
                    tell(drain, turn);
                }
            }
        });
    }

    private void notWatched(String reason, AfterDeath after, Turn turn) {
        worker.attempt().drain().ifPresent(drain -> {
            if (!drain.isUnseen()) {
                String why = worker.named() + ": what becomes of its connections can't be seen: " + reason;
                drain.unseen(why);
                turn.about(worker.id()).warn(why);
            }
            if (worker.attempt().hasEnded()) {
                worker.finish(after, turn);
            } else if (worker.state() == DRAINING && !drain.isTold()) {
                tellInTurn(drain, turn);
            }
        });
    }

    private void lingers(Event.Lingers event, Turn turn) {
        worker.attempt().drain().ifPresent(drain -> {
            boolean first = !drain.isLingering();
            drain.lingers(event.open(), event.oldest(), turn.now());
            if (first) {
                String lingers = worker.named() + " " + worker.lastExit() + ", but " + event.holders() + " still has "
                        + Counts.text(event.open(), "connection") + " of it; they have "
                        + Durations.text(drain.left(turn.now())) + " to end";
                switch (spec.signalsTo()) {
                    case MAIN -> turn.about(worker.id()).warn(lingers);
                    case GROUP -> turn.about(worker.id()).info(lingers); // who was told, too
                }
            }
        });
    }

    private void accounted(DrainAccount account, AfterDeath after, Turn turn) {
        worker.attempt().drain().ifPresent(drain -> {
            drain.accounted(account);
            String named = worker.named() + " " + worker.lastExit();
            if (account.cut() > 0) {
                String cut = named + " with " + Counts.text(account.cut(), "connection") + " cut: "
                        + (account.cut() == 1 ? "it" : "each") + " had asked, and was not answered";
                turn.about(worker.id()).warn(cut);
                if (spec.drain() instanceof DrainBy.BySignal by && worker.state() == DRAINING) {
                    drain.advise(named + " without finishing what it had accepted; if it can't at " + by.signal()
                            + ", set drain = \"idle\"");
                }
            }
            if (!drain.between().isEmpty() && (drain.isLingering() || account.cut() > 0)) {
                String between = drain.between() + " stands between the supervisor and the program that serves: it, and"
                        + " not the program, is the worker, and gets the signals. Start the program with exec, or set signals-to = \"group\"";
                drain.advise(between);
                turn.about(worker.id()).warn(worker.named() + ": " + between);
            }
            if (worker.attempt().hasEnded()) {
                worker.finish(after, turn);
            }
        });
    }

    private void notTold(Turn turn) {
        if (worker.state() == DRAINING) {
            turn.about(worker.id())
                    .warn(worker.named() + " holds no connection of the worker protocol, so it can't be told to drain;"
                            + " it is told as soon as it connects, and sent " + spec.stopSignal() + " at its drain"
                            + " deadline. For a program that does not speak the protocol, set drain to a signal, or to"
                            + " \"idle\"");
        }
    }

    /** Told to drain, it says what is known. Else it stops of its own accord: it accepts no more, so none may be sent there. */
    private void saidDraining(Turn turn) {
        if (worker.state() == READY) {
            String named = worker.named() + " stops of its own accord";
            worker.failed(PhaseEnd.LEFT, named, List.of());
            turn.about(worker.id()).warn(named);
            long over = turn.now() + spec.drainTimeout().toNanos();
            worker.become(TERMINATING, over, "it said so", turn);
            worker.attempt().drainBegins(Drain.byItself(over));
            watchDrain(Optional.empty(), false, turn);
        }
    }

    /** Its process has ended: what others of it still hold has the time that is left, and is then cut. */
    void conclude(Drain drain, Turn turn) {
        over();
        boolean inTime = worker.state() == DRAINING
                || (worker.state() == TERMINATING && (worker.attempt().isDone() || drain.isByItself()));
        if (inTime && !drain.left(turn.now()).isZero()) {
            worker.waitUntil(drain.over());
            concludeIn(drain.left(turn.now()).plus(Drain.WITNESS_LIMIT), turn);
        } else {
            cutWhatIsLeft(turn);
        }
    }

    private void cutWhatIsLeft(Turn turn) {
        worker.signal(Signal.KILL, turn);
        worker.waitUntil(turn.now() + Drain.AFTER_KILL.plus(Drain.WITNESS_LIMIT).toNanos());
        concludeIn(Drain.AFTER_KILL, turn);
    }

    private void concludeIn(Duration patience, Turn turn) {
        worker.process()
                .ifPresent(process -> turn.effect(new Effect.ConcludeDrain(worker.id(), process, endedBy(), patience)));
    }

    private EndedBy endedBy() {
        Exit exit = worker.attempt().exit();
        if (exit instanceof Exit.Unknown) {
            return EndedBy.UNKNOWN;
        }
        boolean asTold = catchesSignal
                && worker.attempt().drain().filter(Drain::isTold).isPresent()
                && exit instanceof Exit.Killed killed
                && spec.drain() instanceof DrainBy.BySignal by
                && killed.signal().equals(by.signal().toString());
        return exit instanceof Exit.Code || asTold ? EndedBy.ITSELF : EndedBy.A_KILL;
    }

    private void watchDrain(Optional<Signal> signal, boolean accepts, Turn turn) {
        // Who drains by the protocol tells itself when its connections are done.
        Optional<Duration> quiet = spec.drain() instanceof DrainBy.Protocol
                ? Optional.empty()
                : spec.quic().map(QuicSpec::quiet);
        worker.process()
                .ifPresent(process -> turn.effect(new Effect.WatchDrain(
                        worker.id(), process, spec.listen(), signal, spec.signalsTo(), accepts, quiet)));
    }

    private void tellInTurn(Drain drain, Turn turn) {
        if (turn.now() < turnFrom) {
            waitsForTurn = true;
            tellDeadline = turnFrom;
        } else {
            tell(drain, turn);
        }
    }

    private void tell(Drain drain, Turn turn) {
        drain.told();
        over();
        if (spec.drain() instanceof DrainBy.BySignal by) {
            worker.signal(by.signal(), turn);
        } else if (spec.drain() instanceof DrainBy.Protocol) {
            tellDrain(turn);
        }
    }

    private void tellDrain(Turn turn) {
        Duration left = Duration.ofNanos(Math.max(0, worker.deadline() - turn.now()));
        worker.process().ifPresent(process -> turn.effect(new Effect.TellDrain(worker.id(), process, left)));
    }

    /** Others of it have had their time, and are killed; who was killed is waited for no more. */
    void endedOverdue(AfterDeath after, Turn turn) {
        if (worker.state() == KILLING) {
            worker.attempt().drain().ifPresent(drain -> drain.unseen(worker.named() + ": " + NO_ANSWER));
            worker.finish(after, turn);
            return;
        }
        worker.attempt().overdue();
        String unfinished = worker.named() + " " + worker.lastExit()
                + ", and others of it did not end what they held within the drain" + " deadline";
        worker.attempt().leavesUnfinished(unfinished);
        turn.about(worker.id()).warn(unfinished + "; sending KILL");
        worker.become(KILLING, NEVER, "drain deadline", turn);
        worker.attempt().killed();
        cutWhatIsLeft(turn);
    }

    /** The drain deadline is over, and its process is still there. */
    void overdue(Turn turn) {
        worker.attempt().overdue();
        if (worker.attempt().isDone()) {
            turn.about(worker.id())
                    .warn(worker.named() + " said DONE but did not exit within " + Durations.text(spec.killGrace())
                            + "; sending " + spec.stopSignal());
        } else {
            long open = worker.attempt().open().orElse(0);
            String unfinished = worker.named() + " did not drain within its deadline"
                    + (open > 0 ? ", with " + Counts.text(open, "connection") + " open" : "");
            worker.attempt().leavesUnfinished(unfinished);
            turn.about(worker.id()).warn(unfinished + "; sending " + spec.stopSignal());
        }
        worker.terminate("drain deadline", turn);
    }
}
