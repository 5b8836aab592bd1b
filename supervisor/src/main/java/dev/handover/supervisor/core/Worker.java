package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.WorkerState.DRAINING;
import static dev.handover.supervisor.terms.WorkerState.EXITED;
import static dev.handover.supervisor.terms.WorkerState.KILLING;
import static dev.handover.supervisor.terms.WorkerState.READY;
import static dev.handover.supervisor.terms.WorkerState.STARTING;
import static dev.handover.supervisor.terms.WorkerState.TERMINATING;
import static dev.handover.supervisor.terms.WorkerState.WAITING;

import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.Report.WorkerStatus;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.Total;
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

    /** How much longer than configured a start or a drain may take that a worker asks more time for, in all. */
    static final Duration LONGEST_EXTENSION = Duration.ofHours(1);

    private static final long NEVER = Long.MAX_VALUE;

    private final WorkerId id;
    private final ServiceSpec spec;
    private final WorkerStart start;
    private final WorkerDrain drain;
    private final Backoff backoff = new Backoff();
    private final RestartLimit limit;

    private WorkerState state = WAITING;
    private long since;
    private long deadline;
    /** How much of the deadline's time it asked for, in nanoseconds. */
    private long extended;

    private long heartbeatDeadline = NEVER;

    private Attempt attempt;
    private int restarts;
    private @Nullable String lastExit;
    private @Nullable Failure failure;
    private boolean givenUp;
    /** Whether its last process ended as one is expected to. */
    private boolean leftAsExpected;

    /** Why a worker did not get ready. */
    record Failure(PhaseEnd end, String reason, List<String> lastLines) {
        /** The last one: it is not started again. */
        Failure after(RestartLimit limit) {
            return new Failure(end, reason + "; given up after " + limit, lastLines);
        }
    }

    Worker(WorkerId id, ServiceSpec spec, long now) {
        this.id = id;
        this.spec = spec;
        this.since = now;
        this.deadline = now;
        this.attempt = Attempt.toStart(!spec.listen().isEmpty());
        this.limit = new RestartLimit(spec.restart());
        this.start = new WorkerStart(this, spec);
        this.drain = new WorkerDrain(this, spec);
    }

    /** It and its process, for people. */
    String named() {
        return attempt.process().map(process -> id + " (" + process + ")").orElse(id.toString());
    }

    /**
     * The one place that changes where it stands; a step that is not drawn is refused, and nothing happens.
     *
     * @param newDeadline when something is done about a worker that stands there still
     */
    void become(WorkerState next, long newDeadline, String reason, Turn turn) {
        if (!state.next().contains(next)) {
            throw new IllegalStateException(id + ": " + state + " -> " + next);
        }
        turn.about(id).debug(id + ": " + state + " -> " + next + " (" + reason + ")");
        if (state == READY) {
            attempt.lived(Duration.ofNanos(turn.now() - since));
            heartbeatDeadline = NEVER;
            process().ifPresent(process -> turn.effect(new Effect.LookAway(id, process)));
        }
        state = next;
        since = turn.now();
        deadline = newDeadline;
        extended = 0;
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

    /** Whether it is needed, and not started again: it has been too often. */
    boolean isGivenUp() {
        return givenUp;
    }

    /** Whether it does not run as it should: it is no program that merely ends now and then. */
    boolean isBroken() {
        return failure != null && !leftAsExpected;
    }

    /** Whether its last process served, and has ended, or is to, with all that it held; not as is expected of it. */
    boolean hasFallen() {
        return isBroken()
                && failure != null
                && (failure.end() == PhaseEnd.LEFT || failure.end() == PhaseEnd.UNWELL)
                && attempt.drain().isEmpty();
    }

    /** Its process, or the last one, or the one to come. */
    Attempt attempt() {
        return attempt;
    }

    /** How its last process ended; null before any has. */
    @Nullable
    String lastExit() {
        return lastExit;
    }

    long nextDeadline() {
        return Math.min(Math.min(deadline, start.lowUntil()), Math.min(drain.tellDeadline(), heartbeatDeadline));
    }

    /** When something is done about it, if it stays where it stands. */
    long deadline() {
        return deadline;
    }

    void waitUntil(long newDeadline) {
        deadline = newDeadline;
    }

    /** From here on it is about another process. */
    void attempts(Attempt next) {
        attempt = next;
    }

    /** Has its process start at a low share of the CPU. */
    void startGently() {
        start.gently();
    }

    /** Lets it start at its whole share of the CPU after all. */
    void hurry(Turn turn) {
        start.hurry(turn);
    }

    /** Goes on with a process that an earlier supervisor started. */
    void adopt(ProcessId running, Turn turn) {
        start.adopt(running, turn);
    }

    /** @param after what follows if its process is gone, or has to be ended */
    void on(Event.OfWorker event, AfterDeath after, Turn turn) {
        if (event instanceof Event.Started started) {
            start.started(started.process(), turn);
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
        } else if (event instanceof Event.SaidAdopts) {
            attempt.saysAdopts();
        } else if (event instanceof Event.SaidStatus said) {
            attempt.says(said.text());
        } else if (event instanceof Event.SaidConnections said) {
            attempt.connections().read(said.open());
        } else if (event instanceof Event.SaidAlive) {
            alive(turn);
        } else if (event instanceof Event.SaidExtends said) {
            extend(said.by(), turn);
        } else if (event instanceof Event.SaidFailed) {
            unwell("says that it failed (WATCHDOG=trigger)", after, turn);
        } else if (!start.on(event, turn) && !drain.on(event, after, turn)) {
            throw Unhandled.event(event);
        }
    }

    private void notStarted(Event.NotStarted event, AfterDeath after, Turn turn) {
        String why = id + " could not be started: " + event.reason();
        boolean known = failure().filter(last -> last.reason().equals(why)).isPresent();
        failed(PhaseEnd.NOT_STARTED, why, List.of());
        if (!known) {
            turn.about(id).error(What.WORKER_FAILED, why);
        }
        gone(after, event.reason(), known ? "; it could not be started, as before" : "", turn);
    }

    /** It serves, as far as it is concerned, for the first time since it was started. */
    void readiedAtLast(Turn turn) {
        Duration took = Duration.ofNanos(turn.now() - since);
        turn.about(id).note(What.WORKER_READY, named() + " is ready after " + Durations.text(took));
        readied(turn);
    }

    /** It serves, as far as it is concerned. */
    void readied(Turn turn) {
        become(READY, NEVER, "ready", turn);
        recovered();
        alive(turn);
    }

    /** What kept it from serving is over. */
    void recovered() {
        failure = null;
    }

    /** Whether it has failed, and not as is expected of it, or does not listen though it is ready. */
    boolean isAmiss() {
        return isBroken() || (state == READY && !accepts());
    }

    /** Whether it takes new connections on all that is declared. */
    boolean accepts() {
        return state == READY && attempt.isListening();
    }

    private void alive(Turn turn) {
        if (state == READY) {
            spec.heartbeatTimeout().ifPresent(timeout -> heartbeatDeadline = turn.now() + timeout.toNanos());
        }
    }

    /** As systemd does it: there is no end before this time is over, and none that is sooner than without it. */
    private void extend(Duration by, Turn turn) {
        long moved = 0;
        if (mayAskForTime()) {
            long latest = deadline - extended + LONGEST_EXTENSION.toNanos();
            long asked = turn.now() + Math.min(by.toNanos(), LONGEST_EXTENSION.toNanos());
            moved = Math.max(0, Math.min(asked, latest) - deadline);
            deadline += moved;
            extended += moved;
            attempt.drain().ifPresent(begun -> begun.over(deadline));
        }
        turn.about(id)
                .debug(named() + " asks for " + Durations.text(by) + " while it is " + state + ": "
                        + (moved == 0 ? "nothing changes" : Durations.text(Duration.ofNanos(moved)) + " more"));
    }

    private boolean mayAskForTime() {
        boolean drains =
                state == DRAINING || attempt.drain().filter(Drain::isByItself).isPresent();
        return state == STARTING || (drains && state != KILLING && !attempt.isDone() && !attempt.hasEnded());
    }

    /** How long it had, as configured and as it asked, from when it came to stand where it stands. */
    Duration allowed() {
        return Duration.ofNanos(deadline - since);
    }

    /** It can't be trusted any more: if it serves, it is ended. */
    void unwell(String how, AfterDeath after, Turn turn) {
        if (state == READY) {
            String named = named() + " " + how;
            failed(PhaseEnd.UNWELL, named, List.of());
            turn.about(id).error(What.WORKER_FAILED, named + "; it is ended");
            if (after != AfterDeath.RESTART) {
                attempt.leavesUnfinished(named);
            }
            terminate(how, turn);
        }
    }

    private void exited(Event.Exited event, AfterDeath of, Turn turn) {
        AfterDeath after = of == AfterDeath.ROLL_BACK && spec.restart().expects(event.exit()) ? AfterDeath.RESTART : of;
        String how = event.exit().toString();
        lastExit = how;
        turn.count(
                id.service(),
                state == STARTING ? Total.EXITS_STARTING : state == READY ? Total.EXITS_READY : Total.EXITS_LEAVING);
        String named = named() + " " + how;
        if (state == STARTING) {
            failed(PhaseEnd.EXITED_BEFORE_READY, named + " before it was ready", event.lastLines());
            turn.about(id).error(What.WORKER_EXITED, named + " before it was ready");
        } else if (state == READY
                && after == AfterDeath.RESTART
                && spec.restart().expects(event.exit())) {
            failed(PhaseEnd.LEFT, named + ", as is expected", event.lastLines()); // until the next one is ready
            leftAsExpected = true;
            turn.about(id).info(What.WORKER_EXITED, named + ", as is expected");
        } else if (state == READY) {
            // Where its generation does not serve yet, this is the failure that ends it; one that is ready again
            // forgets it.
            failed(PhaseEnd.LEFT, named + " after it had been ready", event.lastLines());
            turn.about(id)
                    .error(
                            What.WORKER_EXITED,
                            named + (after == AfterDeath.PAUSE ? " while it stood by" : " while it served"));
            if (after != AfterDeath.RESTART) {
                attempt.leavesUnfinished(named + " before it was told to drain");
            }
        } else {
            turn.about(id).info(What.WORKER_EXITED, named);
            if (failure != null) { // it was not ready in time: what it wrote until its end may tell why
                failure = new Failure(failure.end(), failure.reason(), event.lastLines());
            }
        }
        Optional<Drain> begun = attempt.drain();
        if (begun.isPresent()) {
            attempt.ended(event.exit());
            drain.conclude(begun.get(), turn);
        } else {
            finish(after, turn);
        }
    }

    /** Nothing is left to wait for. */
    void finish(AfterDeath after, Turn turn) {
        process().ifPresent(process -> turn.effect(new Effect.Forget(id, process)));
        gone(after, lastExit == null ? "ended" : lastExit, turn);
    }

    void failed(PhaseEnd end, String reason, List<String> lastLines) {
        failure = new Failure(end, reason, lastLines);
        leftAsExpected = false;
    }

    private void gone(AfterDeath after, String how, Turn turn) {
        gone(after, how, "", turn);
    }

    /** @param why for the log, beside that it is started again */
    private void gone(AfterDeath after, String how, String why, Turn turn) {
        attempt.gone();
        drain.over();
        if (after == AfterDeath.NOTHING) {
            become(EXITED, NEVER, how, turn);
            return;
        }
        if (after == AfterDeath.PAUSE || after == AfterDeath.ROLL_BACK) {
            become(WAITING, NEVER, how, turn);
            return;
        }
        if (!limit.allows(turn.now())) {
            giveUp(how, turn);
            return;
        }
        become(WAITING, NEVER, how, turn);
        Duration wait = backoff.afterDeath(attempt.lived()); // known only now that it has left READY
        deadline = turn.now() + wait.toNanos();
        restarts++;
        turn.count(id.service(), Total.RESTARTS);
        turn.about(id)
                .info(
                        What.WORKER_RESTARTS,
                        id + " is started again " + (wait.isZero() ? "at once" : "in " + wait.toMillis() + " ms")
                                + why);
    }

    private void giveUp(String how, Turn turn) {
        Failure last = failure().orElseGet(() -> new Failure(PhaseEnd.LEFT, id + " " + how, List.of()));
        failure = last.after(limit);
        givenUp = true;
        leftAsExpected = false;
        become(EXITED, NEVER, "given up", turn);
        turn.about(id)
                .error(
                        What.WORKER_GIVEN_UP,
                        id + " is given up after " + limit + ": " + CommandNames.CTL + " reload starts it anew");
    }

    /** Its generation may be gone back to: one that does not run waits for that, and one that is not ready is ended. */
    void pause(String reason, Turn turn) {
        if (state == WAITING) {
            deadline = NEVER;
        } else if (state == STARTING) {
            terminate(reason, turn);
        }
    }

    /** Its generation serves again. */
    void resume(Turn turn) {
        if (state == WAITING) {
            deadline = turn.now();
        }
    }

    /**
     * Has it told to drain; one without a process is done at once.
     *
     * @param accepts whether new connections still come to it
     * @param after how long it is not told yet, as long as it holds connections
     */
    void drain(boolean accepts, Duration after, Turn turn) {
        if (state == WAITING) {
            become(EXITED, NEVER, "not running at the drain", turn);
        } else if (state == READY || state == STARTING) {
            drain.begin(accepts, after, turn);
        }
    }

    /** Adopted as it started: where it holds no connection, there is nothing to drain, and it may not know how to yet. */
    void hasNotServed() {
        drain.hasNotServed();
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

    void signal(Signal signal, Turn turn) {
        process().ifPresent(process -> turn.effect(new Effect.SendSignal(id, process, signal, spec.signalsTo())));
    }

    void onDeadline(AfterDeath after, Turn turn) {
        if (turn.now() >= heartbeatDeadline) {
            unwell(
                    "has not said for " + Durations.text(spec.heartbeatTimeout().orElse(Duration.ZERO))
                            + " that it is alive",
                    after,
                    turn);
        }
        if (turn.now() >= start.lowUntil()) {
            start.hurry(turn);
        }
        drain.onDeadline(turn);
        if (turn.now() < deadline) {
            return;
        }
        if (attempt.hasEnded()) {
            drain.endedOverdue(after, turn);
            return;
        }
        switch (state) {
            case WAITING -> start.begin(turn);
            case STARTING -> start.overdue(turn);
            case DRAINING -> drain.overdue(turn);
            case TERMINATING -> {
                if (attempt.isDone()) {
                    attempt.overdue();
                }
                turn.about(id)
                        .warn(named() + " did not end in " + Durations.text(Duration.ofNanos(turn.now() - since))
                                + "; sending KILL");
                kill("kill grace over", turn);
            }
            case KILLING -> {
                turn.about(id)
                        .error(named() + " is still there " + Durations.text(DEATH_AFTER_KILL)
                                + " after KILL; it is left behind and no longer watched");
                gone(after, "did not die", turn);
            }
            case READY, EXITED -> deadline = NEVER;
        }
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
                Duration.ofNanos(extended),
                attempt.text(),
                state == WAITING && lastExit != null
                        ? Optional.of(Duration.ofNanos(Math.max(0, deadline - now)))
                        : Optional.empty(),
                Optional.empty(),
                attempt.oldest(now));
    }
}
