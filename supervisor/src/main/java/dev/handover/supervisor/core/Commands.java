package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.WorkerId;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The commands of one generation: what is run before its workers are started, and once new connections go to it. */
final class Commands {
    /** Of a generation that an earlier supervisor started only where it runs still. */
    private final Optional<Command> beforeStart;
    /** Empty until it is to be run. */
    private Optional<Command> afterFlip;

    private Commands(Optional<Command> beforeStart, Optional<Command> afterFlip) {
        this.beforeStart = beforeStart;
        this.afterFlip = afterFlip;
    }

    /** Of a generation that is about to start. */
    static Commands start(ServiceSpec spec, GenerationId id, long now) {
        return new Commands(Command.beforeStart(spec, id, now), Optional.empty());
    }

    /** Of one that an earlier supervisor started. */
    static Commands adopt(Remembered remembered, Turn turn) {
        Optional<ProcessId> before = process(remembered, WorkerId.BEFORE_START);
        Optional<ProcessId> after = process(remembered, WorkerId.AFTER_FLIP);
        Commands commands = new Commands(
                before.flatMap(running -> Command.beforeStart(remembered.spec(), remembered.id(), turn.now())),
                remembered.owesAfterFlip()
                        ? Command.afterFlip(remembered.spec(), remembered.id(), turn.now())
                        : Optional.empty());
        before.ifPresent(running -> commands.beforeStart.ifPresent(command -> command.adopt(running, turn)));
        after.ifPresent(running -> commands.afterFlip.ifPresent(command -> {
            command.adopt(running, turn);
            command.beginAgain(turn);
        }));
        return commands;
    }

    private static Optional<ProcessId> process(Remembered remembered, int number) {
        return Optional.ofNullable(remembered.processes().get(number));
    }

    /** New connections go to the generation. */
    void flipped(ServiceSpec spec, GenerationId id, Turn turn) {
        afterFlip = Command.afterFlip(spec, id, turn.now());
    }

    /** Whether the workers may be started: what is to be run before has been. */
    boolean areWorkersDue() {
        return beforeStart.map(Command::isDone).orElse(true);
    }

    /** Whether there is something to be run first. */
    boolean beginWithOne() {
        return beforeStart.isPresent();
    }

    /** Whether the workers are never started: what is to be run before has failed too often. */
    boolean areGivenUp() {
        return beforeStart.filter(Command::isGivenUp).isPresent();
    }

    /** Why the workers are not started. */
    Optional<Worker.Failure> failure() {
        return beforeStart.flatMap(Command::failure);
    }

    /** What was started once new connections went to the generation; empty where nothing was. */
    Optional<Command> afterFlip() {
        return afterFlip;
    }

    /** Whether no process of any runs, or will. */
    boolean areOver() {
        return all().allMatch(Command::isOver);
    }

    /** One that runs now. */
    Optional<WorkerId> atWork() {
        return all().filter(Command::isAtWork).map(Command::id).findFirst();
    }

    private Stream<Command> all() {
        return Stream.of(beforeStart, afterFlip).flatMap(Optional::stream);
    }

    /** @param whileStarting what follows if one that the workers wait for fails */
    void on(Event.OfWorker event, AfterDeath whileStarting, Turn turn) {
        if (event.worker().index() == WorkerId.BEFORE_START) {
            beforeStart.ifPresent(command -> command.on(event, whileStarting, turn));
        } else {
            afterFlip.ifPresent(command -> command.on(event, AfterDeath.NOTHING, turn));
        }
    }

    void onDeadline(AfterDeath whileStarting, Turn turn) {
        beforeStart.ifPresent(command -> command.onDeadline(whileStarting, turn));
        afterFlip.ifPresent(command -> command.onDeadline(AfterDeath.NOTHING, turn));
    }

    long nextDeadline() {
        return all().mapToLong(Command::nextDeadline).min().orElse(Long.MAX_VALUE);
    }

    /** Ends them for good, with all that they started. */
    void end(Turn turn) {
        all().forEach(command -> command.end(turn));
    }

    /** Adds what runs of them to the processes of a generation. */
    void remember(Map<Integer, ProcessId> processes) {
        beforeStart.flatMap(Command::running).ifPresent(process -> processes.put(WorkerId.BEFORE_START, process));
        afterFlip.flatMap(Command::running).ifPresent(process -> processes.put(WorkerId.AFTER_FLIP, process));
    }

    /** Whether one is to be run that has not been seen to end. */
    boolean oweAfterFlip() {
        return afterFlip.filter(command -> !command.isOver()).isPresent();
    }
}
