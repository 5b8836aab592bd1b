package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Counts;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Report.GenerationStatus;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.WorkerId;
import dev.handover.supervisor.terms.WorkerState;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One generation: its workers, and where they stand together. */
final class Generation {
    private final ServiceSpec spec;
    private final GenerationId id;
    private final AfterDeath whileStarting;
    private final TreeMap<Integer, Worker> workers = new TreeMap<>();
    private final Commands commands;
    private final Optional<Health> health;
    private final Lead lead;
    private final Parting parting;

    private GenerationState state = GenerationState.STARTING;
    private long since;
    /** Whether new connections may be moved back to it. */
    private boolean mayReturn;

    private Generation(ServiceSpec spec, GenerationId id, AfterDeath whileStarting, Commands commands, Turn turn) {
        this.commands = commands;
        this.spec = spec;
        this.id = id;
        this.whileStarting = whileStarting;
        this.since = turn.now();
        for (int index = 1; index <= spec.workers(); index++) {
            workers.put(index, new Worker(new WorkerId(spec.name(), id, index), spec, turn.now()));
        }
        this.health = Health.of(spec, workers.values());
        this.lead = new Lead(spec, id, workers.values());
        this.parting = new Parting(spec, workers.values());
    }

    /** @param whileStarting what follows when a worker's process ends before the generation is ready */
    static Generation start(ServiceSpec spec, GenerationId id, AfterDeath whileStarting, Turn turn) {
        Commands commands = Commands.start(spec, id, turn.now());
        Generation generation = new Generation(spec, id, whileStarting, commands, turn);
        turn.about(generation)
                .info(
                        What.GENERATION_STARTED,
                        generation + " starts: " + (commands.beginWithOne() ? "before-start, then " : "")
                                + Counts.text(spec.workers(), "worker"));
        generation.onDeadline(turn);
        return generation;
    }

    /**
     * Goes on with one that an earlier supervisor started; what it was in the middle of is begun again. One that was leaving
     * is {@link GenerationState#SERVING} then, though not steered to, and is to be told at once to leave.
     */
    static Generation adopt(Remembered remembered, Turn turn) {
        Commands commands = Commands.adopt(remembered, turn);
        Generation generation = new Generation(remembered.spec(), remembered.id(), AfterDeath.NOTHING, commands, turn);
        remembered.processes().forEach((index, process) -> {
            Worker worker = generation.workers.get(index);
            if (worker != null) {
                worker.adopt(process, turn);
            }
        });
        turn.about(generation)
                .info(
                        What.GENERATION_ADOPTED,
                        generation + " adopted from an earlier supervisor, "
                                + generation.workers.values().stream()
                                        .flatMap(worker -> worker.running().stream())
                                        .count()
                                + " of "
                                + remembered.spec().workers() + " workers running");
        switch (remembered.state()) {
            case SERVING -> {
                generation.steer("adopted", false, turn);
                generation.serve("adopted", turn);
                generation.health.ifPresent(health -> health.serve(turn));
            }
            case CANARY, QUIESCING, STANDBY, DRAINING -> {
                generation.become(GenerationState.READY, "adopted", turn);
                generation.serve("until it leaves", turn);
            }
            case STARTING, READY -> generation.stop("it had not finished starting", turn);
            case STOPPING, STOPPED -> generation.stop("it was being ended", turn);
        }
        return generation;
    }

    /** The supervisor that started it is gone. */
    void isGivenUpUnserved(Turn turn) {
        turn.about(this)
                .warn(
                        What.GENERATION_ABANDONED,
                        this + " is given up: the supervisor that started it went before it served");
    }

    private void become(GenerationState next, String reason, Turn turn) {
        if (!state.next().contains(next)) {
            throw new IllegalStateException(this + ": " + state + " -> " + next);
        }
        turn.about(this).info(What.of(next), this + ": " + state + " -> " + next + " (" + reason + ")");
        state = next;
        since = turn.now();
        switch (next) {
            case STARTING, READY, CANARY, SERVING -> {}
            case QUIESCING, STANDBY, DRAINING, STOPPING, STOPPED -> health.ifPresent(Health::end);
        }
    }

    ServiceSpec spec() {
        return spec;
    }

    GenerationId id() {
        return id;
    }

    GenerationState state() {
        return state;
    }

    /** The processes of its workers that run; of a worker that has none, none. */
    Map<WorkerId, Optional<ProcessId>> running() {
        Map<WorkerId, Optional<ProcessId>> running = new TreeMap<>();
        workers.values().forEach(worker -> running.put(worker.id(), worker.running()));
        return running;
    }

    /** Whether each worker is ready, but for those that are given up. */
    boolean isReady() {
        return !isGivenUp()
                && workers.values().stream()
                        .allMatch(worker -> worker.state() == WorkerState.READY || worker.isGivenUp());
    }

    /** Whether its workers may be started: what is to be run before has been. */
    boolean isPrepared() {
        return commands.areWorkersDue();
    }

    /** Whether it should serve, and none of its workers is started again: each has been too often. */
    boolean isGivenUp() {
        return isRestarting()
                && (commands.areGivenUp() || workers.values().stream().allMatch(Worker::isGivenUp));
    }

    /** Which of its workers, or commands, is on its way; empty where none is. */
    Optional<String> starting() {
        return workers.values().stream()
                .filter(worker -> worker.state() == WorkerState.STARTING)
                .findFirst()
                .map(worker -> worker.id() + " is being started")
                .or(() -> commands.atWork().map(command -> command + " runs"));
    }

    /** Whether it should serve, and no worker is left that does: at least one is gone as none should. */
    boolean hasFallen() {
        return state == GenerationState.SERVING
                && !isServedByAny()
                && workers.values().stream().anyMatch(Worker::isBroken);
    }

    /** What became of the workers of one that has fallen, for people. */
    String fall() {
        return failure().map(Worker.Failure::reason).orElse("they have ended");
    }

    /** Whether a worker of it is ready. */
    boolean isServedByAny() {
        return workers.values().stream().anyMatch(worker -> worker.state() == WorkerState.READY);
    }

    /** Whether a worker takes new connections. */
    boolean accepts() {
        return workers.values().stream().anyMatch(Worker::accepts);
    }

    /** Whether new connections come to it, and to nobody else of its address who merely listens. */
    boolean isPinned() {
        return lead.isPinned() && accepts();
    }

    /** Has its workers start at a low share of the CPU; only before they are known to have started. */
    void startGently() {
        workers.values().forEach(Worker::startGently);
    }

    /** Has what still starts of it do so at its whole share of the CPU. */
    void hurry(Turn turn) {
        workers.values().forEach(worker -> worker.hurry(turn));
    }

    Optional<Worker.Failure> failure() {
        return commands.failure()
                .or(() -> workers.values().stream()
                        .flatMap(worker -> worker.failure().stream())
                        .findFirst());
    }

    /** How long it has been in the state that it is in. */
    Duration inState(long now) {
        return Duration.ofNanos(now - since);
    }

    /** What follows when the process of one of its workers ends. */
    private AfterDeath afterDeath() {
        return switch (state) {
            case READY, SERVING -> AfterDeath.RESTART; // at READY new connections may go to it already
            case CANARY -> AfterDeath.ROLL_BACK;
            case STARTING -> whileStarting;
            case QUIESCING, STANDBY -> mayReturn ? AfterDeath.PAUSE : AfterDeath.NOTHING;
            case DRAINING, STOPPING, STOPPED -> AfterDeath.NOTHING;
        };
    }

    /** Whether it is tried again and again until it serves, since there is nothing to go back to. */
    boolean persists() {
        return whileStarting == AfterDeath.RESTART;
    }

    private boolean isRestarting() {
        return afterDeath() == AfterDeath.RESTART;
    }

    void on(Event.OfWorker event, Turn turn) {
        if (!event.worker().isWorker()) {
            commands.on(event, afterDeath(), turn);
            settle(turn);
            return;
        }
        Worker worker = workers.get(event.worker().index());
        if (worker != null) {
            boolean served = worker.state() == WorkerState.READY;
            boolean accepted = worker.accepts();
            boolean listened = worker.attempt().isListening();
            if (event instanceof Event.HealthSeen seen) {
                health.ifPresent(all -> all.on(seen, turn));
            } else {
                worker.on(event, afterDeath(), turn);
            }
            share(worker, served, turn);
            boolean anew = listened && event instanceof Event.Listening;
            relisten(worker, served && (anew || accepted != worker.accepts()), turn);
            settle(turn);
        }
    }

    void onDeadline(Turn turn) {
        commands.onDeadline(afterDeath(), turn);
        for (Worker worker : workers.values()) {
            if (isPrepared() && turn.now() >= worker.nextDeadline()) {
                boolean served = worker.state() == WorkerState.READY;
                worker.onDeadline(afterDeath(), turn);
                share(worker, served, turn);
            }
        }
        health.ifPresent(all -> all.onDeadline(turn));
        settle(turn);
    }

    long nextDeadline() {
        long others = Math.min(
                commands.nextDeadline(), health.map(Health::nextDeadline).orElse(Long.MAX_VALUE));
        return isPrepared()
                ? workers.values().stream().mapToLong(Worker::nextDeadline).reduce(others, Math::min)
                : others;
    }

    /** Draws the conclusions from where the workers of a generation that is to end stand. */
    private void settle(Turn turn) {
        boolean drains = workers.values().stream().anyMatch(worker -> worker.state() == WorkerState.DRAINING);
        if (state == GenerationState.DRAINING && parting.isOverdue() && !drains) {
            String reason = parting.drainTimedOut() ? "drain deadline passed" : "drained, but did not exit";
            become(GenerationState.STOPPING, reason, turn);
        }
        boolean ending = state == GenerationState.DRAINING || state == GenerationState.STOPPING;
        if (ending
                && commands.areOver()
                && workers.values().stream().allMatch(worker -> worker.state() == WorkerState.EXITED)) {
            become(GenerationState.STOPPED, "no worker left", turn);
        }
    }

    /** Sees to it that a worker that has got ready, or is gone, has its share of new connections, or none. */
    private void share(Worker worker, boolean served, Turn turn) {
        health.ifPresent(all -> all.follow(turn)); // first of all: who is to take its share, and whether it gets one
        boolean serves = worker.state() == WorkerState.READY;
        if (serves == served) {
            return;
        }
        if (serves && state == GenerationState.STARTING && !persists() && !isReady()) {
            lead.holdEarly(worker, turn);
        } else if (serves && (isRestarting() || isOnCanary())) {
            lead.rejoin(worker, turn);
        } else if (!serves && (isRestarting() || isOnCanary() || isLeft())) {
            lead.steerAway(worker, turn);
        }
    }

    /** Whether new connections have been moved away from it, and it has not been told to drain. */
    private boolean isLeft() {
        return state == GenerationState.QUIESCING || state == GenerationState.STANDBY;
    }

    /** Of one that serves all the time, the listeners come and go. */
    private void relisten(Worker worker, boolean changed, Turn turn) {
        if (changed && isRestarting() && worker.state() == WorkerState.READY) {
            lead.relisten(worker, turn);
        }
    }

    /** How new connections are led to its workers, or away from them. */
    Lead lead() {
        return lead;
    }

    /** How long it may drain, as far as its workers have asked for until now; empty if none drains. */
    Optional<Duration> drainsFor(long now) {
        return workers.values().stream()
                .filter(worker -> worker.state() == WorkerState.DRAINING)
                .flatMap(worker -> worker.attempt().drain().stream())
                .map(drain -> drain.left(now))
                .max(Comparator.naturalOrder());
    }

    /** What became of all that its workers had accepted. */
    Parting parting() {
        return parting;
    }

    /**
     * Asks for new connections to be moved to it.
     *
     * @param other whether they are steered to another generation now
     * @return whether an answer will come
     */
    boolean steer(String reason, boolean other, Turn turn) {
        if (!isOnCanary()) {
            readyToServe(reason, turn);
        }
        return lead.steer(other, turn);
    }

    /** From now on new connections may be led to it. */
    void readyToServe(String reason, Turn turn) {
        become(GenerationState.READY, reason, turn);
    }

    /** New connections of some clients go to it. */
    void serveSome(String clients, Turn turn) {
        become(GenerationState.CANARY, "it gets " + clients, turn);
        health.ifPresent(all -> all.begin(turn));
    }

    boolean isOnCanary() {
        return state == GenerationState.CANARY;
    }

    /** What a worker of it has come to that has failed, and not as is expected; empty if none has, or it is well again. */
    Optional<String> broken() {
        return workers.values().stream()
                .filter(Worker::isBroken)
                .flatMap(worker -> worker.failure().stream())
                .map(Worker.Failure::reason)
                .findFirst();
    }

    /** How those of its workers have ended that served, were not told to end, and are not started again yet, for people. */
    List<String> fallen() {
        return workers.values().stream()
                .filter(Worker::hasFallen)
                .flatMap(worker -> worker.failure().stream())
                .map(Worker.Failure::reason)
                .toList();
    }

    /** What is wrong with any of its workers, which all had been well, for people; empty if nothing is. */
    Optional<String> flaw() {
        if (workers.values().stream().noneMatch(Worker::isAmiss)) {
            return health.flatMap(Health::unhealthy);
        }
        return Optional.of(failure().map(Worker.Failure::reason).orElse("not all of its workers accept"));
    }

    /** Whether its workers are healthy; empty where that is not asked for. */
    Optional<Health> health() {
        return health;
    }

    /** Has its workers asked for their health before new connections are moved to it. */
    void askForHealth(Turn turn) {
        lead.asksForHealth();
        health.ifPresent(all -> all.begin(turn));
    }

    /** Those that don't accept now never will: new connections go elsewhere. */
    void quiesce(String reason, Turn turn) {
        become(GenerationState.QUIESCING, reason, turn);
        workers.values().stream()
                .filter(worker -> worker.state() == WorkerState.WAITING || worker.state() == WorkerState.STARTING)
                .forEach(worker -> worker.terminate(reason, turn));
        commands.end(turn);
    }

    /** The same, of one that new connections may be moved back to: those that don't accept now wait for that. */
    void quiesceToReturn(String reason, Turn turn) {
        become(GenerationState.QUIESCING, reason, turn);
        mayReturn = true;
        workers.values().forEach(worker -> worker.pause(reason, turn));
        commands.end(turn);
    }

    /** Whether new connections may be moved back to it. */
    boolean mayReturn() {
        return mayReturn && isLeft();
    }

    /** What was in flight to it has run empty; it stays warm. */
    void standBy(String reason, Turn turn) {
        become(GenerationState.STANDBY, reason, turn);
    }

    /** New connections go to it again. */
    void returned(Turn turn) {
        serve("new connections go to it again", turn);
        mayReturn = false;
        workers.values().forEach(worker -> worker.resume(turn));
        health.ifPresent(all -> all.serve(turn));
    }

    void serve(String reason, Turn turn) {
        lead.serves();
        become(GenerationState.SERVING, reason, turn);
    }

    /** New connections go to it now. */
    void flipped(Turn turn) {
        serve("new connections go to it", turn);
        workers.values().forEach(worker -> worker.resume(turn));
        commands.flipped(spec, id, turn);
        health.ifPresent(all -> all.serve(turn));
    }

    /** What was started once new connections went to it; empty where nothing was. */
    Optional<Command> afterFlip() {
        return commands.afterFlip();
    }

    /** Whether clients may have come to one that has not begun to end: where nothing else serves, to whoever listens. */
    boolean mayHaveClients() {
        return state != GenerationState.STARTING || (persists() && accepts());
    }

    /** Ends it for good, unless it is ending; where clients may have reached it, it drains. */
    void end(String reason, Turn turn) {
        switch (state) {
            case STARTING -> {
                if (mayHaveClients()) {
                    drain(reason, turn);
                } else {
                    stop(reason, turn);
                }
            }
            case READY, CANARY, SERVING, QUIESCING, STANDBY -> drain(reason, turn);
            case DRAINING, STOPPING, STOPPED -> {}
        }
    }

    void drain(String reason, Turn turn) {
        // Steered away from, and seen to run empty: nothing new comes to it.
        boolean accepts = !isLeft();
        become(GenerationState.DRAINING, reason, turn);
        commands.end(turn);
        // Where others serve its clients, these need not come back to them all at once.
        long pause = accepts ? 0 : spec.drainSpread().map(Duration::toNanos).orElse(0L) / workers.size();
        long after = 0;
        for (Worker worker : workers.values()) {
            worker.drain(accepts, Duration.ofNanos(after), turn);
            after += pause;
        }
        settle(turn);
    }

    /** Ends it by TERM, then KILL: it never served, or may not wait for its drain. */
    void stop(String reason, Turn turn) {
        if (state != GenerationState.STOPPING) {
            become(GenerationState.STOPPING, reason, turn);
        }
        commands.end(turn);
        workers.values().forEach(worker -> worker.terminate(reason, turn));
        settle(turn);
    }

    void kill(String reason, Turn turn) {
        if (state != GenerationState.STOPPING) {
            become(GenerationState.STOPPING, reason, turn);
        }
        commands.end(turn);
        workers.values().forEach(worker -> worker.kill(reason, turn));
        settle(turn);
    }

    /** READY is remembered as STARTING: whoever takes over ends both alike, and the flip need not wait for a write. */
    Remembered remember() {
        Map<Integer, ProcessId> processes = new TreeMap<>();
        commands.remember(processes);
        workers.forEach((index, worker) -> worker.running().ifPresent(process -> processes.put(index, process)));
        GenerationState saved = state == GenerationState.READY ? GenerationState.STARTING : state;
        return new Remembered(spec, id, saved, processes, commands.oweAfterFlip());
    }

    GenerationStatus status(long now) {
        return new GenerationStatus(
                id,
                state,
                inState(now),
                workers.values().stream()
                        .map(worker -> worker.status(now)
                                .withHealth(health.flatMap(
                                        all -> all.status(worker.id().index()))))
                        .toList());
    }

    @Override
    public String toString() {
        return spec.name() + " generation " + id;
    }
}
