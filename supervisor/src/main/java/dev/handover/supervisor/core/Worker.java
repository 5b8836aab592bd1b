package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.WorkerState.DRAINING;
import static dev.handover.supervisor.terms.WorkerState.EXITED;
import static dev.handover.supervisor.terms.WorkerState.KILLING;
import static dev.handover.supervisor.terms.WorkerState.READY;
import static dev.handover.supervisor.terms.WorkerState.STARTING;
import static dev.handover.supervisor.terms.WorkerState.TERMINATING;
import static dev.handover.supervisor.terms.WorkerState.WAITING;

import dev.handover.supervisor.terms.Counts;
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

    private final WorkerId id;
    private final ServiceSpec spec;
    private final Backoff backoff = new Backoff();
    private final ConnectionGauge connections = new ConnectionGauge();

    private WorkerState state = WAITING;
    private long since;
    private long deadline;
    private long heartbeatDeadline = NEVER;

    private @Nullable ProcessId process;
    private boolean saidReady;
    private boolean adopts;
    private boolean listening;
    private String missing = "";
    private Duration lived = Duration.ZERO;
    private int restarts;
    private @Nullable String lastExit;
    private @Nullable Failure failure;
    private boolean killed;
    private boolean saidDone;
    private boolean overdue;
    private @Nullable String unfinished;
    private String text = "";

    /** Why a worker did not get ready. */
    record Failure(PhaseEnd end, String reason, List<String> lastLines) {}

    Worker(WorkerId id, ServiceSpec spec, long now) {
        this.id = id;
        this.spec = spec;
        this.since = now;
        this.deadline = now;
    }

    private void become(WorkerState next, long newDeadline, String reason, Turn turn) {
        if (!state.next().contains(next)) {
            throw new IllegalStateException(id + ": " + state + " -> " + next);
        }
        turn.effect(new Effect.Log(Effect.Severity.DEBUG, id + ": " + state + " -> " + next + " (" + reason + ")"));
        if (state == READY) {
            lived = Duration.ofNanos(turn.now() - since);
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
        return Optional.ofNullable(process);
    }

    Optional<Failure> failure() {
        return Optional.ofNullable(failure);
    }

    boolean wasKilled() {
        return killed;
    }

    /** Whether its process, or its last one, said that it can adopt what a dead worker left behind. */
    boolean adopts() {
        return adopts;
    }

    /** Whether it was told to drain and had to be told to end, too. */
    boolean isOverdue() {
        return overdue;
    }

    /** Whether its drain deadline passed before it had finished what it accepted. */
    boolean drainTimedOut() {
        return overdue && !saidDone;
    }

    /** Why it may not have finished all that it had accepted by its end. */
    Optional<String> unfinished() {
        return Optional.ofNullable(unfinished);
    }

    /** Connections that it finished while draining, if it ever said how many were open. */
    OptionalLong drained() {
        return connections.drained();
    }

    /** Connections that it had open when its process ended, if it ever said. */
    OptionalLong cut() {
        return connections.cut();
    }

    long nextDeadline() {
        return Math.min(deadline, heartbeatDeadline);
    }

    /** Starts the process; only when {@link WorkerState#WAITING}. */
    private void start(Turn turn) {
        saidReady = false;
        adopts = false;
        listening = spec.listen().isEmpty();
        missing = "";
        killed = false;
        unfinished = null;
        lived = Duration.ZERO;
        connections.reset();
        text = "";
        become(STARTING, turn.now() + spec.readyTimeout().toNanos(), "started", turn);
        turn.effect(new Effect.StartWorker(id, spec));
    }

    /** Goes on with a process that an earlier supervisor started. */
    void adopt(ProcessId running, Turn turn) {
        become(STARTING, NEVER, "adopted", turn);
        process = running;
        turn.effect(new Effect.AdoptWorker(id, running));
        saidReady = true;
        listening = true;
        readied(turn);
    }

    void on(Event.OfWorker event, boolean revive, Turn turn) {
        if (event instanceof Event.OfProcess ofProcess && (process == null || process.pid() != ofProcess.pid())) {
            return; // a late word of a process that is gone
        }
        if (event instanceof Event.Started started) {
            started(started.process(), turn);
        } else if (event instanceof Event.NotStarted not) {
            failed(PhaseEnd.NOT_STARTED, id + " could not be started: " + not.reason(), List.of());
            gone(revive, not.reason(), turn);
        } else if (event instanceof Event.Exited exited) {
            exited(exited, revive, turn);
        } else if (event instanceof Event.Joined) {
            if (state == DRAINING && spec.drain() instanceof DrainBy.Protocol) {
                tellDrain(turn);
            }
        } else if (event instanceof Event.SaidReady) {
            saidReady(turn);
        } else if (event instanceof Event.SaidAdopts) {
            adopts = true;
        } else if (event instanceof Event.SaidStatus said) {
            text = said.text();
        } else if (event instanceof Event.SaidConnections said) {
            connections.read(said.open());
        } else if (event instanceof Event.SaidAlive) {
            alive(turn);
        } else if (event instanceof Event.SaidFailed) {
            unwell("says that it failed (WATCHDOG=trigger)", revive, turn);
        } else if (event instanceof Event.SaidDraining) {
            saidDraining(turn);
        } else if (event instanceof Event.SaidDone) {
            saidDone(turn);
        } else if (event instanceof Event.NotTold) {
            notTold(turn);
        } else if (event instanceof Event.Listening) {
            listening = true;
            maybeReady(turn);
        } else if (event instanceof Event.NotListening not) {
            missing = not.missing();
        } else if (event instanceof Event.SeenConnections seen) {
            seenConnections(seen.open(), turn);
        }
    }

    private void started(ProcessId started, Turn turn) {
        process = started;
        turn.info(id + " started (" + started + ")");
        if (state == STARTING) {
            if (spec.ready() == ReadyWhen.LISTENING) {
                turn.effect(new Effect.WatchListeners(id, started, spec.listen(), false));
            }
        } else {
            signal(state == KILLING ? Signal.KILL : spec.stopSignal(), turn);
        }
    }

    private void saidReady(Turn turn) {
        if (state == STARTING && !saidReady && process != null) {
            saidReady = true;
            if (!listening && spec.ready() == ReadyWhen.NOTIFIED) {
                turn.effect(new Effect.WatchListeners(id, process, spec.listen(), true));
            }
            maybeReady(turn);
        }
    }

    private void maybeReady(Turn turn) {
        if (state == STARTING && listening && (saidReady || spec.ready() == ReadyWhen.LISTENING)) {
            readied(turn);
        }
    }

    private void readied(Turn turn) {
        become(READY, NEVER, "ready", turn);
        failure = null;
        alive(turn);
    }

    private void saidDone(Turn turn) {
        if (state == DRAINING && !saidDone) {
            saidDone = true;
            connections.empty();
            deadline = Math.min(deadline, turn.now() + spec.killGrace().toNanos());
        }
    }

    private void seenConnections(long now, Turn turn) {
        if (state == DRAINING) {
            connections.read(now);
            if (now == 0) {
                saidDone = true;
                terminate("idle", turn);
            }
        }
    }

    private void notTold(Turn turn) {
        if (state == DRAINING) {
            turn.warn(
                    id + " (" + process + ") holds no connection of the worker protocol, so it can't be told to drain;"
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

    private void unwell(String how, boolean revive, Turn turn) {
        if (state == READY) {
            String named = id + " (" + process + ") " + how;
            failed(PhaseEnd.EXITED_BEFORE_READY, named, List.of());
            turn.error(named + "; it is ended");
            unfinished = revive ? null : named;
            terminate(how, turn);
        }
    }

    /** Told to drain, it says what is known. Else it stops of its own accord: it accepts no more, so none may be sent there. */
    private void saidDraining(Turn turn) {
        if (state == READY) {
            String named = id + " (" + process + ") stops of its own accord";
            failed(PhaseEnd.EXITED_BEFORE_READY, named, List.of());
            turn.warn(named);
            become(TERMINATING, turn.now() + spec.drainTimeout().toNanos(), "it said so", turn);
        }
    }

    private void exited(Event.Exited event, boolean revive, Turn turn) {
        String how = event.exit().toString();
        lastExit = how;
        String named = id + " (" + process + ") " + how;
        if (state == STARTING) {
            failed(PhaseEnd.EXITED_BEFORE_READY, named + " before it was ready", event.lastLines());
            turn.error(named + " before it was ready");
        } else if (state == READY) {
            // Where its generation does not serve yet, this is the failure that ends it; a restart forgets it.
            failed(PhaseEnd.EXITED_BEFORE_READY, named + " before its generation served", event.lastLines());
            turn.error(named + " while it served");
            unfinished = revive ? null : named + " before it was told to drain";
        } else {
            long open = connections.open().orElse(0);
            if (state == DRAINING && (open > 0 || !isClean(event.exit()))) {
                String cut = open > 0 ? ", " + Counts.text(open, "connection") + " cut" : "";
                unfinished = named + " while it drained" + cut;
                turn.warn(unfinished);
            } else {
                turn.info(named);
            }
            if (failure != null) { // it was not ready in time: what it wrote until its end may tell why
                failure = new Failure(failure.end(), failure.reason(), event.lastLines());
            }
        }
        if (process != null) {
            turn.effect(new Effect.Forget(id, process));
        }
        gone(revive, how, turn);
    }

    /** Whether a worker that drains ends so when it has finished; how is not known of one from an earlier supervisor. */
    private boolean isClean(Exit exit) {
        if (saidDone || exit instanceof Exit.Unknown || exit.equals(new Exit.Code(0))) {
            return true;
        }
        return spec.drain() instanceof DrainBy.BySignal by
                && (exit.equals(new Exit.Code(128 + by.signal().number()))
                        || exit.equals(new Exit.Killed(by.signal().toString(), false)));
    }

    private void failed(PhaseEnd end, String reason, List<String> lastLines) {
        failure = new Failure(end, reason, lastLines);
    }

    private void gone(boolean revive, String how, Turn turn) {
        process = null;
        if (!revive) {
            become(EXITED, NEVER, how, turn);
            return;
        }
        become(WAITING, NEVER, how, turn);
        Duration wait = backoff.afterDeath(lived); // known only now that it has left READY
        deadline = turn.now() + wait.toNanos();
        restarts++;
        turn.info(id + " is started again " + (wait.isZero() ? "at once" : "in " + wait.toMillis() + " ms"));
    }

    /** Tells it to drain; one without a process is done at once. */
    void drain(Turn turn) {
        if (state == WAITING) {
            become(EXITED, NEVER, "not running at the drain", turn);
        } else if (state == READY || state == STARTING) {
            become(DRAINING, turn.now() + spec.drainTimeout().toNanos(), "told to drain", turn);
            connections.drainBegins();
            DrainBy drain = spec.drain();
            if (drain instanceof DrainBy.BySignal by) {
                signal(by.signal(), turn);
            } else if (drain instanceof DrainBy.Protocol) {
                tellDrain(turn);
            } else if (drain instanceof DrainBy.Idle && process != null) {
                turn.effect(new Effect.WatchConnections(id, process, spec.listen()));
            }
        }
    }

    private void tellDrain(Turn turn) {
        if (process != null) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - turn.now()));
            turn.effect(new Effect.TellDrain(id, process, left));
        }
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
            killed = true;
            signal(Signal.KILL, turn);
        }
    }

    private void signal(Signal signal, Turn turn) {
        if (process != null) {
            turn.effect(new Effect.SendSignal(id, process, signal));
        }
    }

    void onDeadline(boolean revive, Turn turn) {
        if (turn.now() >= heartbeatDeadline) {
            unwell(
                    "has not said for " + Durations.text(spec.heartbeatTimeout().orElse(Duration.ZERO))
                            + " that it is alive",
                    revive,
                    turn);
        }
        if (turn.now() < deadline) {
            return;
        }
        switch (state) {
            case WAITING -> start(turn);
            case STARTING -> notReadyInTime(turn);
            case DRAINING -> {
                overdue = true;
                String named = id + " (" + process + ") ";
                if (saidDone) {
                    turn.warn(named + "said DONE but did not exit within " + Durations.text(spec.killGrace())
                            + "; sending " + spec.stopSignal());
                } else {
                    long open = connections.open().orElse(0);
                    unfinished = named + "did not drain within its deadline"
                            + (open > 0 ? ", " + Counts.text(open, "connection") + " cut" : "");
                    turn.warn(unfinished + "; sending " + spec.stopSignal());
                }
                terminate("drain deadline", turn);
            }
            case TERMINATING -> {
                overdue |= saidDone;
                turn.warn(id + " (" + process + ") did not end in "
                        + Durations.text(Duration.ofNanos(turn.now() - since)) + "; sending KILL");
                kill("kill grace over", turn);
            }
            case KILLING -> {
                turn.error(id + " (" + process + ") is still there " + Durations.text(DEATH_AFTER_KILL)
                        + " after KILL; it is left behind and no longer watched");
                gone(revive, "did not die", turn);
            }
            case READY, EXITED -> deadline = NEVER;
        }
    }

    private void notReadyInTime(Turn turn) {
        String why = id + " (" + process + ") was not ready within " + Durations.text(spec.readyTimeout());
        if (spec.ready() == ReadyWhen.NOTIFIED && !saidReady) {
            why += ": it never said so";
        } else if (!missing.isEmpty()) {
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
                process == null ? OptionalLong.empty() : OptionalLong.of(process.pid()),
                Duration.ofNanos(now - since),
                restarts,
                Optional.ofNullable(lastExit),
                process == null ? OptionalLong.empty() : connections.open(),
                text);
    }
}
