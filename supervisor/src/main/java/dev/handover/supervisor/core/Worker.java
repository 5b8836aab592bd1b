package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.WorkerState.DRAINING;
import static dev.handover.supervisor.terms.WorkerState.EXITED;
import static dev.handover.supervisor.terms.WorkerState.KILLING;
import static dev.handover.supervisor.terms.WorkerState.READY;
import static dev.handover.supervisor.terms.WorkerState.STARTING;
import static dev.handover.supervisor.terms.WorkerState.TERMINATING;
import static dev.handover.supervisor.terms.WorkerState.WAITING;

import dev.handover.supervisor.terms.Counts;
import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ReadyWhen;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.Report.WorkerStatus;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.WorkerId;
import dev.handover.supervisor.terms.WorkerState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One worker: its process, through restarts, from its start to its end. */
final class Worker {
    /** KILL can't be refused, but a process in an uninterruptible wait does not die before the wait ends. */
    static final Duration DEATH_AFTER_KILL = Duration.ofSeconds(10);

    private static final long NEVER = Long.MAX_VALUE;
    private static final String NO_ANSWER = "what became of its connections was not seen in time";

    private final WorkerId id;
    private final ServiceSpec spec;
    private final Backoff backoff = new Backoff();

    private WorkerState state = WAITING;
    private long since;
    private long deadline;
    private long heartbeatDeadline = NEVER;
    /** When it is told to drain, though the witness has not answered. */
    private long tellDeadline = NEVER;

    private Attempt attempt;
    private int restarts;
    private @Nullable String lastExit;
    private @Nullable Failure failure;

    /** Why a worker did not get ready. */
    record Failure(PhaseEnd end, String reason, List<String> lastLines) {}

    Worker(WorkerId id, ServiceSpec spec, long now) {
        this.id = id;
        this.spec = spec;
        this.since = now;
        this.deadline = now;
        this.attempt = Attempt.toStart(!spec.listen().isEmpty());
    }

    /** It and its process, for people. */
    private String named() {
        return attempt.process().map(process -> id + " (" + process + ")").orElse(id.toString());
    }

    private void become(WorkerState next, long newDeadline, String reason, Turn turn) {
        if (!state.next().contains(next)) {
            throw new IllegalStateException(id + ": " + state + " -> " + next);
        }
        turn.effect(new Effect.Log(Effect.Severity.DEBUG, id + ": " + state + " -> " + next + " (" + reason + ")"));
        if (state == READY) {
            attempt.lived(Duration.ofNanos(turn.now() - since));
            heartbeatDeadline = NEVER;
        }
        state = next;
        since = turn.now();
        deadline = newDeadline;
    }

    WorkerId id() {
        return id;
    }

    WorkerState state() {
        return state;
    }

    Optional<ProcessId> process() {
        return attempt.process();
    }

    /** Its process, if it runs: of one that has ended there may be something left to look after. */
    Optional<ProcessId> running() {
        return process().filter(process -> !attempt.hasEnded());
    }

    Optional<Failure> failure() {
        return Optional.ofNullable(failure);
    }

    /** Its process, or the last one, or the one to come. */
    Attempt attempt() {
        return attempt;
    }

    long nextDeadline() {
        return Math.min(Math.min(deadline, tellDeadline), heartbeatDeadline);
    }

    /** Starts a process; only when {@link WorkerState#WAITING}. */
    private void start(Turn turn) {
        attempt = Attempt.toStart(!spec.listen().isEmpty());
        become(STARTING, turn.now() + spec.readyTimeout().toNanos(), "started", turn);
        turn.effect(new Effect.StartWorker(id, spec));
    }

    /** Goes on with a process that an earlier supervisor started. */
    void adopt(ProcessId running, Turn turn) {
        become(STARTING, NEVER, "adopted", turn);
        attempt = Attempt.adopted(running);
        turn.effect(new Effect.AdoptWorker(id, running));
        readied(turn);
    }

    /** @param after what follows if its process is gone, or has to be ended */
    void on(Event.OfWorker event, AfterDeath after, Turn turn) {
        if (event instanceof Event.Started started) {
            started(started.process(), turn);
        } else if (event instanceof Event.NotStarted not) {
            notStarted(not, after, turn);
        } else if (event instanceof Event.OfProcess ofProcess) {
            if (attempt.is(ofProcess.pid())) { // else a late word of a process that is gone
                onProcess(ofProcess, after, turn);
            }
        } else {
            throw Unhandled.event(event);
        }
    }

    private void onProcess(Event.OfProcess event, AfterDeath after, Turn turn) {
        if (event instanceof Event.Exited exited) {
            exited(exited, after, turn);
        } else if (event instanceof Event.Joined) {
            joined(turn);
        } else if (event instanceof Event.SaidReady) {
            saidReady(turn);
        } else if (event instanceof Event.SaidAdopts) {
            attempt.saysAdopts();
        } else if (event instanceof Event.SaidStatus said) {
            attempt.says(said.text());
        } else if (event instanceof Event.SaidConnections said) {
            attempt.connections().read(said.open());
        } else if (event instanceof Event.SaidAlive) {
            alive(turn);
        } else if (event instanceof Event.SaidFailed) {
            unwell("says that it failed (WATCHDOG=trigger)", after, turn);
        } else if (event instanceof Event.SaidDraining) {
            saidDraining(turn);
        } else if (event instanceof Event.SaidDone) {
            saidDone(turn);
        } else if (event instanceof Event.NotTold) {
            notTold(turn);
        } else if (event instanceof Event.Listening) {
            attempt.listens();
            maybeReady(turn);
        } else if (event instanceof Event.NotListening not) {
            attempt.listensNot(not.missing());
        } else if (event instanceof Event.SeenConnections seen) {
            seenConnections(seen.open(), turn);
        } else if (event instanceof Event.DrainWatched watched) {
            drainWatched(watched, turn);
        } else if (event instanceof Event.NotWatched not) {
            notWatched(not.reason(), after, turn);
        } else if (event instanceof Event.Lingers lingers) {
            lingers(lingers, turn);
        } else if (event instanceof Event.Accounted accounted) {
            accounted(accounted.account(), after, turn);
        } else {
            throw Unhandled.event(event);
        }
    }

    private void started(ProcessId process, Turn turn) {
        attempt.started(process);
        turn.info(id + " started (" + process + ")");
        if (state == STARTING) {
            if (spec.ready() == ReadyWhen.LISTENING) {
                turn.effect(new Effect.WatchListeners(id, process, spec.listen(), false));
            }
        } else {
            signal(state == KILLING ? Signal.KILL : spec.stopSignal(), turn);
        }
    }

    private void notStarted(Event.NotStarted event, AfterDeath after, Turn turn) {
        failed(PhaseEnd.NOT_STARTED, id + " could not be started: " + event.reason(), List.of());
        gone(after, event.reason(), turn);
    }

    private void joined(Turn turn) {
        if (state == DRAINING && isTold() && spec.drain() instanceof DrainBy.Protocol) {
            tellDrain(turn);
        }
    }

    private boolean isTold() {
        return attempt.drain().filter(Drain::isTold).isPresent();
    }

    private void saidReady(Turn turn) {
        if (state == STARTING && !attempt.hasSaidReady()) {
            attempt.saysReady();
            if (!attempt.isListening() && spec.ready() == ReadyWhen.NOTIFIED) {
                process()
                        .ifPresent(process -> turn.effect(new Effect.WatchListeners(id, process, spec.listen(), true)));
            }
            maybeReady(turn);
        }
    }

    private void maybeReady(Turn turn) {
        if (state == STARTING && attempt.isReady(spec.ready())) {
            readied(turn);
        }
    }

    private void readied(Turn turn) {
        become(READY, NEVER, "ready", turn);
        failure = null;
        alive(turn);
    }

    private void saidDone(Turn turn) {
        if (state == DRAINING && !attempt.isDone()) {
            attempt.done();
            deadline = Math.min(deadline, turn.now() + spec.killGrace().toNanos());
        }
    }

    private void seenConnections(long open, Turn turn) {
        attempt.drain().ifPresent(drain -> drain.seen(open));
        boolean idle = spec.drain() instanceof DrainBy.Idle
                || attempt.drain().filter(Drain::waitsUntilIdle).isPresent();
        if (state == DRAINING && open == 0 && idle && isTold() && !attempt.hasEnded()) {
            attempt.done();
            terminate("idle", turn);
        }
    }

    /** What it holds is known, so that what becomes of it will be: it can be told to drain. */
    private void drainWatched(Event.DrainWatched event, Turn turn) {
        attempt.drain().ifPresent(drain -> {
            drain.seen(event.open());
            drain.standsBetween(event.standsBetween());
            if (state == DRAINING && !drain.isTold() && !attempt.hasEnded()) {
                if (event.endsAtSignal() && event.open() > 0) {
                    drain.waitUntilIdle();
                    tellDeadline = NEVER;
                    String why = named() + " would do nothing at " + spec.drain() + " but end, with "
                            + Counts.text(event.open(), "connection") + " open; it is left to finish them first."
                            + " Set drain = \"idle\", or have the program finish its connections at the signal";
                    drain.advise(why);
                    turn.warn(why);
                } else {
                    tell(drain, turn);
                }
            }
        });
    }

    private void notWatched(String reason, AfterDeath after, Turn turn) {
        attempt.drain().ifPresent(drain -> {
            String why = named() + ": what becomes of its connections can't be seen: " + reason;
            drain.unseen(why);
            turn.warn(why);
            if (attempt.hasEnded()) {
                finish(after, turn);
            } else if (state == DRAINING && !drain.isTold()) {
                tell(drain, turn);
            }
        });
    }

    private void lingers(Event.Lingers event, Turn turn) {
        attempt.drain().ifPresent(drain -> {
            boolean first = !drain.isLingering();
            drain.lingers(event.open());
            if (first) {
                turn.warn(named() + " " + lastExit + ", but " + event.holders() + " still has "
                        + Counts.text(event.open(), "connection") + " of it; they have "
                        + Durations.text(drain.left(turn.now())) + " to end");
            }
        });
    }

    private void accounted(DrainAccount account, AfterDeath after, Turn turn) {
        attempt.drain().ifPresent(drain -> {
            drain.accounted(account);
            String named = named() + " " + lastExit;
            if (account.cut() > 0) {
                String cut = named + " with " + Counts.text(account.cut(), "connection") + " cut: "
                        + (account.cut() == 1 ? "it" : "each") + " had asked, and was not answered";
                turn.warn(cut);
                if (spec.drain() instanceof DrainBy.BySignal by && state == DRAINING) {
                    drain.advise(named + " without finishing what it had accepted; if it can't at " + by.signal()
                            + ", set drain = \"idle\"");
                }
            }
            if (!drain.between().isEmpty() && (drain.isLingering() || account.cut() > 0)) {
                String between = drain.between() + " stands between the supervisor and the program that serves: it, and"
                        + " not the program, is the worker, and gets the signals. Start the program with exec";
                drain.advise(between);
                turn.warn(named() + ": " + between);
            }
            if (attempt.hasEnded()) {
                finish(after, turn);
            }
        });
    }

    private void notTold(Turn turn) {
        if (state == DRAINING) {
            turn.warn(named() + " holds no connection of the worker protocol, so it can't be told to drain;"
                    + " it is told as soon as it connects, and sent " + spec.stopSignal() + " at its drain"
                    + " deadline. For a program that does not speak the protocol, set drain to a signal, or to"
                    + " \"idle\"");
        }
    }

    private void alive(Turn turn) {
        if (state == READY) {
            spec.heartbeatTimeout().ifPresent(timeout -> heartbeatDeadline = turn.now() + timeout.toNanos());
        }
    }

    private void unwell(String how, AfterDeath after, Turn turn) {
        if (state == READY) {
            String named = named() + " " + how;
            failed(PhaseEnd.UNWELL, named, List.of());
            turn.error(named + "; it is ended");
            if (after == AfterDeath.NOTHING) {
                attempt.leavesUnfinished(named);
            }
            terminate(how, turn);
        }
    }

    /** Told to drain, it says what is known. Else it stops of its own accord: it accepts no more, so none may be sent there. */
    private void saidDraining(Turn turn) {
        if (state == READY) {
            String named = named() + " stops of its own accord";
            failed(PhaseEnd.LEFT, named, List.of());
            turn.warn(named);
            long over = turn.now() + spec.drainTimeout().toNanos();
            become(TERMINATING, over, "it said so", turn);
            attempt.drainBegins(Drain.byItself(over));
            watchDrain(Optional.empty(), false, turn);
        }
    }

    private void exited(Event.Exited event, AfterDeath after, Turn turn) {
        String how = event.exit().toString();
        lastExit = how;
        String named = named() + " " + how;
        if (state == STARTING) {
            failed(PhaseEnd.EXITED_BEFORE_READY, named + " before it was ready", event.lastLines());
            turn.error(named + " before it was ready");
        } else if (state == READY) {
            // Where its generation does not serve yet, this is the failure that ends it; a restart forgets it.
            failed(PhaseEnd.LEFT, named + " before its generation served", event.lastLines());
            turn.error(named + " while it served");
            if (after == AfterDeath.NOTHING) {
                attempt.leavesUnfinished(named + " before it was told to drain");
            }
        } else {
            turn.info(named);
            if (failure != null) { // it was not ready in time: what it wrote until its end may tell why
                failure = new Failure(failure.end(), failure.reason(), event.lastLines());
            }
        }
        Optional<Drain> drain = attempt.drain();
        if (drain.isPresent()) {
            attempt.ended(event.exit());
            conclude(drain.get(), turn);
        } else {
            finish(after, turn);
        }
    }

    /** Its process has ended: what others of it still hold has the time that is left, and is then cut. */
    private void conclude(Drain drain, Turn turn) {
        tellDeadline = NEVER;
        boolean inTime = state == DRAINING || (state == TERMINATING && (attempt.isDone() || drain.isByItself()));
        if (inTime && !drain.left(turn.now()).isZero()) {
            deadline = drain.over();
            concludeIn(drain.left(turn.now()).plus(Drain.WITNESS_LIMIT), turn);
        } else {
            cutWhatIsLeft(turn);
        }
    }

    private void cutWhatIsLeft(Turn turn) {
        signal(Signal.KILL, turn);
        deadline = turn.now() + Drain.AFTER_KILL.plus(Drain.WITNESS_LIMIT).toNanos();
        concludeIn(Drain.AFTER_KILL, turn);
    }

    private void concludeIn(Duration patience, Turn turn) {
        boolean killed = !(attempt.exit() instanceof Exit.Code);
        process().ifPresent(process -> turn.effect(new Effect.ConcludeDrain(id, process, killed, patience)));
    }

    /** Nothing is left to wait for. */
    private void finish(AfterDeath after, Turn turn) {
        process().ifPresent(process -> turn.effect(new Effect.Forget(id, process)));
        gone(after, lastExit == null ? "ended" : lastExit, turn);
    }

    private void failed(PhaseEnd end, String reason, List<String> lastLines) {
        failure = new Failure(end, reason, lastLines);
    }

    private void gone(AfterDeath after, String how, Turn turn) {
        attempt.gone();
        tellDeadline = NEVER;
        if (after == AfterDeath.NOTHING) {
            become(EXITED, NEVER, how, turn);
            return;
        }
        become(WAITING, NEVER, how, turn);
        Duration wait = backoff.afterDeath(attempt.lived()); // known only now that it has left READY
        deadline = turn.now() + wait.toNanos();
        restarts++;
        turn.info(id + " is started again " + (wait.isZero() ? "at once" : "in " + wait.toMillis() + " ms"));
    }

    /**
     * Has it told to drain, once it is known what it holds; one without a process is done at once.
     *
     * @param accepts whether new connections still come to it
     */
    void drain(boolean accepts, Turn turn) {
        if (state == WAITING) {
            become(EXITED, NEVER, "not running at the drain", turn);
        } else if (state == READY || state == STARTING) {
            long over = turn.now() + spec.drainTimeout().toNanos();
            Drain drain = new Drain(over);
            become(DRAINING, over, "told to drain", turn);
            attempt.drainBegins(drain);
            if (process().isEmpty()) {
                tell(drain, turn);
            } else {
                Optional<Signal> signal =
                        spec.drain() instanceof DrainBy.BySignal by ? Optional.of(by.signal()) : Optional.empty();
                tellDeadline = turn.now() + Drain.WITNESS_LIMIT.toNanos();
                watchDrain(signal, accepts, turn);
            }
        }
    }

    private void watchDrain(Optional<Signal> signal, boolean accepts, Turn turn) {
        process().ifPresent(process -> turn.effect(new Effect.WatchDrain(id, process, spec.listen(), signal, accepts)));
    }

    private void tell(Drain drain, Turn turn) {
        drain.told();
        tellDeadline = NEVER;
        if (spec.drain() instanceof DrainBy.BySignal by) {
            signal(by.signal(), turn);
        } else if (spec.drain() instanceof DrainBy.Protocol) {
            tellDrain(turn);
        }
    }

    private void tellDrain(Turn turn) {
        Duration left = Duration.ofNanos(Math.max(0, deadline - turn.now()));
        process().ifPresent(process -> turn.effect(new Effect.TellDrain(id, process, left)));
    }

    /** Ends it by the stop signal, and by KILL after its grace. */
    void terminate(String reason, Turn turn) {
        if (state == WAITING) {
            become(EXITED, NEVER, reason, turn);
        } else if (state == STARTING || state == READY || state == DRAINING) {
            become(TERMINATING, turn.now() + spec.killGrace().toNanos(), reason, turn);
            signal(spec.stopSignal(), turn);
        }
    }

    /** Ends it by KILL. */
    void kill(String reason, Turn turn) {
        if (state == WAITING) {
            become(EXITED, NEVER, reason, turn);
        } else if (state != KILLING && state != EXITED) {
            become(KILLING, turn.now() + DEATH_AFTER_KILL.toNanos(), reason, turn);
            attempt.killed();
            signal(Signal.KILL, turn);
        }
    }

    private void signal(Signal signal, Turn turn) {
        process().ifPresent(process -> turn.effect(new Effect.SendSignal(id, process, signal)));
    }

    void onDeadline(AfterDeath after, Turn turn) {
        if (turn.now() >= heartbeatDeadline) {
            unwell(
                    "has not said for " + Durations.text(spec.heartbeatTimeout().orElse(Duration.ZERO))
                            + " that it is alive",
                    after,
                    turn);
        }
        if (turn.now() >= tellDeadline) {
            attempt.drain().ifPresent(drain -> {
                drain.unseen(named() + ": " + NO_ANSWER);
                tell(drain, turn);
            });
        }
        if (turn.now() < deadline) {
            return;
        }
        if (attempt.hasEnded()) {
            endedOverdue(after, turn);
            return;
        }
        switch (state) {
            case WAITING -> start(turn);
            case STARTING -> notReadyInTime(turn);
            case DRAINING -> drainOverdue(turn);
            case TERMINATING -> {
                if (attempt.isDone()) {
                    attempt.overdue();
                }
                turn.warn(named() + " did not end in " + Durations.text(Duration.ofNanos(turn.now() - since))
                        + "; sending KILL");
                kill("kill grace over", turn);
            }
            case KILLING -> {
                turn.error(named() + " is still there " + Durations.text(DEATH_AFTER_KILL)
                        + " after KILL; it is left behind and no longer watched");
                gone(after, "did not die", turn);
            }
            case READY, EXITED -> deadline = NEVER;
        }
    }

    /** Others of it have had their time, and are killed; who was killed is waited for no more. */
    private void endedOverdue(AfterDeath after, Turn turn) {
        if (state == KILLING) {
            attempt.drain().ifPresent(drain -> drain.unseen(named() + ": " + NO_ANSWER));
            finish(after, turn);
            return;
        }
        attempt.overdue();
        String unfinished = named() + " " + lastExit + ", and others of it did not end what they held within the drain"
                + " deadline";
        attempt.leavesUnfinished(unfinished);
        turn.warn(unfinished + "; sending KILL");
        become(KILLING, NEVER, "drain deadline", turn);
        attempt.killed();
        cutWhatIsLeft(turn);
    }

    private void drainOverdue(Turn turn) {
        attempt.overdue();
        if (attempt.isDone()) {
            turn.warn(named() + " said DONE but did not exit within " + Durations.text(spec.killGrace()) + "; sending "
                    + spec.stopSignal());
        } else {
            long open = attempt.open().orElse(0);
            String unfinished = named() + " did not drain within its deadline"
                    + (open > 0 ? ", with " + Counts.text(open, "connection") + " open" : "");
            attempt.leavesUnfinished(unfinished);
            turn.warn(unfinished + "; sending " + spec.stopSignal());
        }
        terminate("drain deadline", turn);
    }

    private void notReadyInTime(Turn turn) {
        String why = named() + " was not ready within " + Durations.text(spec.readyTimeout());
        String missing = attempt.missing(spec.ready());
        if (!missing.isEmpty()) {
            why += ": " + missing;
        }
        failed(PhaseEnd.NOT_READY_IN_TIME, why, List.of());
        turn.error(why);
        terminate("not ready in time", turn);
    }

    WorkerStatus status(long now) {
        return new WorkerStatus(
                id,
                state,
                running().map(process -> OptionalLong.of(process.pid())).orElse(OptionalLong.empty()),
                Duration.ofNanos(now - since),
                restarts,
                Optional.ofNullable(lastExit),
                attempt.open(),
                attempt.text());
    }
}
