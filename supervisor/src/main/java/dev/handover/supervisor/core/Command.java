package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.OneShot;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SignalsTo;
import dev.handover.supervisor.terms.WorkerId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A command of a generation that is run to its end beside its workers. Where there is nothing to go back to, it is tried again
 * like a worker.
 */
final class Command {
    private static final long NEVER = Long.MAX_VALUE;

    private enum Stage {
        /** To be started at its deadline. */
        WAITING,
        RUNNING,
        /** Sent KILL. */
        KILLED,
        /** It has exited with 0. */
        DONE,
        /** It is not run any more. */
        OVER
    }

    private final WorkerId id;
    private final ServiceSpec spec;
    private final Duration timeout;
    private final Backoff backoff = new Backoff();
    private final RestartLimit limit;

    private Stage stage = Stage.WAITING;
    private long since;
    private long deadline;
    private @Nullable ProcessId process;
    private Worker.@Nullable Failure failure;
    private boolean givenUp;
    /** Whether it is run from its beginning when what an earlier supervisor started of it is gone. */
    private boolean again;

    private Duration took = Duration.ZERO;

    private Command(ServiceSpec service, OneShot what, GenerationId generation, int number, long now) {
        this.id = new WorkerId(service.name(), generation, number);
        this.spec = service.running(what);
        this.timeout = what.timeout();
        this.limit = new RestartLimit(service.restart());
        this.since = now;
        this.deadline = now;
    }

    /** Of a generation that is about to start; empty where there is none to run. */
    static Optional<Command> beforeStart(ServiceSpec service, GenerationId generation, long now) {
        return service.beforeStart().map(what -> new Command(service, what, generation, WorkerId.BEFORE_START, now));
    }

    /** Of a generation that new connections go to; empty where there is none to run. */
    static Optional<Command> afterFlip(ServiceSpec service, GenerationId generation, long now) {
        return service.afterFlip().map(what -> new Command(service, what, generation, WorkerId.AFTER_FLIP, now));
    }

    /** Goes on with one that an earlier supervisor started, to end it. */
    void adopt(ProcessId running, Turn turn) {
        process = running;
        become(Stage.RUNNING, NEVER, turn);
        turn.effect(new Effect.AdoptWorker(id, running, spec));
    }

    /** Ends one that was adopted, and runs it anew: what becomes of another one's child can't be known. */
    void beginAgain(Turn turn) {
        turn.about(id).info(named() + " was started by an earlier supervisor; it is ended, and run again");
        again = true;
        kill(turn);
    }

    private void become(Stage next, long newDeadline, Turn turn) {
        stage = next;
        since = turn.now();
        deadline = newDeadline;
    }

    /** Whether the workers may be started. */
    boolean isDone() {
        return stage == Stage.DONE;
    }

    WorkerId id() {
        return id;
    }

    /** Whether a process of it runs, or is about to. */
    boolean isAtWork() {
        return stage == Stage.RUNNING || stage == Stage.KILLED;
    }

    /** Whether no process of it runs, or will. */
    boolean isOver() {
        return stage == Stage.DONE || stage == Stage.OVER;
    }

    /** Whether it is needed, and not tried again: it has been too often. */
    boolean isGivenUp() {
        return givenUp;
    }

    Optional<ProcessId> running() {
        return Optional.ofNullable(process);
    }

    Optional<Worker.Failure> failure() {
        return Optional.ofNullable(failure);
    }

    /** From its last start to its end. */
    Duration took() {
        return took;
    }

    long nextDeadline() {
        return deadline;
    }

    /** @param after what follows if it fails */
    void on(Event.OfWorker event, AfterDeath after, Turn turn) {
        if (event instanceof Event.Started started) {
            process = started.process();
            turn.about(id).info(What.COMMAND_STARTED, id + " started (" + started.process() + ")");
            if (stage != Stage.RUNNING) { // it was told to end before its start was known
                signal(turn);
            }
        } else if (event instanceof Event.NotStarted not) {
            failed(PhaseEnd.NOT_STARTED, id + " could not be started: " + not.reason(), List.of(), turn);
            gone(after, turn);
        } else if (event instanceof Event.Exited exited && process != null && process.pid() == exited.pid()) {
            exited(exited, process, after, turn);
        } // whatever else it says: it is no worker
    }

    private void exited(Event.Exited event, ProcessId last, AfterDeath after, Turn turn) {
        String how = id + " (" + last + ") " + event.exit();
        turn.effect(new Effect.Forget(id, last));
        process = null;
        if (stage == Stage.RUNNING) {
            took = Duration.ofNanos(turn.now() - since);
        }
        if (stage == Stage.RUNNING && event.exit().equals(new Exit.Code(0))) {
            turn.about(id).info(What.COMMAND_ENDED, how + " after " + Durations.text(took));
            failure = null;
            become(Stage.DONE, NEVER, turn);
            return;
        }
        if (stage == Stage.RUNNING) {
            failed(PhaseEnd.COMMAND_FAILED, how, event.lastLines(), turn);
        } else {
            turn.about(id).info(What.COMMAND_ENDED, how);
            failure = failure()
                    .map(why -> new Worker.Failure(why.end(), why.reason(), event.lastLines()))
                    .orElse(null);
        }
        gone(after, turn);
    }

    private void failed(PhaseEnd end, String why, List<String> lastLines, Turn turn) {
        failure = new Worker.Failure(end, why, lastLines);
        turn.about(id).error(What.COMMAND_FAILED, why);
    }

    private void gone(AfterDeath after, Turn turn) {
        if (again) {
            again = false;
            become(Stage.WAITING, turn.now(), turn);
        } else if (after == AfterDeath.NOTHING) {
            become(Stage.OVER, NEVER, turn);
        } else if (limit.allows(turn.now())) {
            Duration wait = backoff.afterDeath(Duration.ZERO);
            become(Stage.WAITING, turn.now() + wait.toNanos(), turn);
            turn.about(id)
                    .info(id + " is started again " + (wait.isZero() ? "at once" : "in " + wait.toMillis() + " ms"));
        } else {
            failure = failure().map(why -> why.after(limit)).orElse(null);
            givenUp = true;
            become(Stage.OVER, NEVER, turn);
            turn.about(id)
                    .error(id + " is given up after " + limit + ": " + CommandNames.CTL + " reload starts it anew");
        }
    }

    void onDeadline(AfterDeath after, Turn turn) {
        if (turn.now() < deadline) {
            return;
        }
        switch (stage) {
            case WAITING -> {
                become(Stage.RUNNING, turn.now() + timeout.toNanos(), turn);
                turn.effect(new Effect.StartWorker(id, spec));
            }
            case RUNNING -> {
                String why = named() + " was not done within " + Durations.text(timeout);
                took = timeout;
                failed(PhaseEnd.COMMAND_FAILED, why, List.of(), turn);
                kill(turn);
            }
            case KILLED -> {
                turn.about(id)
                        .error(named() + " is still there " + Durations.text(Worker.DEATH_AFTER_KILL)
                                + " after KILL; it is left behind and no longer watched");
                process = null;
                gone(after, turn);
            }
            case DONE, OVER -> deadline = NEVER;
        }
    }

    private String named() {
        return running().map(running -> id + " (" + running + ")").orElse(id.toString());
    }

    /** Ends it for good, with all that it started in its session. */
    void end(Turn turn) {
        again = false;
        switch (stage) {
            case WAITING -> become(Stage.OVER, NEVER, turn);
            case RUNNING -> kill(turn);
            case KILLED, DONE, OVER -> {}
        }
    }

    private void kill(Turn turn) {
        become(Stage.KILLED, turn.now() + Worker.DEATH_AFTER_KILL.toNanos(), turn);
        signal(turn);
    }

    private void signal(Turn turn) {
        running().ifPresent(running -> turn.effect(new Effect.SendSignal(id, running, Signal.KILL, SignalsTo.MAIN)));
    }
}
