package dev.handover.supervisor.terms;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What the core tells people: its state, and what became of a reload. */
public final class Report {
    private Report() {}

    /**
     * A service as {@code supervisorctl status} shows it.
     *
     * @param since when it came to be in this state, or this supervisor found it so; empty where that is not known
     * @param reason why it is in this state, or runs with fewer workers than it should; empty where there is nothing to say
     * @param lastLines what the worker that is the reason wrote last; may be empty
     * @param handover how its connections are to be moved, as the generation that serves was configured
     * @param waiting what a reload waits for that has not begun; empty where none waits
     * @param hold that its new connections wait; empty where they don't
     * @param totals what is counted of it
     */
    public record ServiceStatus(
            ServiceName service,
            ServiceState state,
            Optional<Instant> since,
            String reason,
            List<String> lastLines,
            Optional<GenerationId> serving,
            Optional<Moving> handover,
            Optional<LastReload> lastReload,
            Optional<String> waiting,
            Optional<HoldStatus> hold,
            List<GenerationStatus> generations,
            Totals totals) {
        public ServiceStatus {
            lastLines = List.copyOf(lastLines);
            generations = List.copyOf(generations);
        }
    }

    /** Whether a service does its work. */
    public enum ServiceState {
        /** To be started when others run that it is to come after. */
        WAITING,
        /** No generation of it has been ready yet; none of its workers has failed, or another is ready. */
        STARTING,
        /** A generation serves, with at least one worker that accepts. */
        RUNNING,
        /** It should serve, and no worker accepts: the last one has ended, or none has got ready yet, though it was tried. */
        DOWN,
        /** Told to stop; its last generation drains. */
        STOPPING,
        STOPPED
    }

    /**
     * What the next reload would take up: in which services the configuration file differs from what runs.
     *
     * @param changed those that were started from something else
     * @param added those that there are not
     * @param removed those that the file does not have
     * @param workers of those that run with another number of workers than the file has
     */
    public record Difference(
            List<ServiceName> changed, List<ServiceName> added, List<ServiceName> removed, List<Workers> workers) {
        public Difference {
            changed = List.copyOf(changed);
            added = List.copyOf(added);
            removed = List.copyOf(removed);
            workers = List.copyOf(workers);
        }

        /** How many workers a service runs with, and how many the file has for it. */
        public record Workers(ServiceName service, int running, int file) {}
    }

    /**
     * @param standby for how long it still stands by, at most; empty unless it does
     * @param canary how far it has come; empty unless it is one
     */
    public record GenerationStatus(
            GenerationId id,
            GenerationState state,
            Duration inState,
            Optional<Duration> standby,
            Optional<CanaryStatus> canary,
            List<WorkerStatus> workers) {
        public GenerationStatus {
            workers = List.copyOf(workers);
        }

        /** Of one that neither stands by nor is a canary, or nobody has said how that goes. */
        public GenerationStatus(GenerationId id, GenerationState state, Duration inState, List<WorkerStatus> workers) {
            this(id, state, inState, Optional.empty(), Optional.empty(), workers);
        }

        /** The same, standing by for so long. */
        public GenerationStatus standingBy(Duration left) {
            return new GenerationStatus(id, state, inState, Optional.of(left), canary, workers);
        }

        /** The same, as a canary. */
        public GenerationStatus onCanary(CanaryStatus how) {
            return new GenerationStatus(id, state, inState, standby, Optional.of(how), workers);
        }
    }

    /**
     * @param pid of the running process, if one runs
     * @param inState how long it has been in this state
     * @param restarts how often it was started again after it died
     * @param lastExit how its process last ended, such as {@code killed by SIGKILL}
     * @param connections open connections as the worker last said
     * @param extended how much longer than configured it may take to start or to drain, as it asked; 0 if it did not
     * @param text the worker's own status text; may be empty
     * @param startsIn how long until it is started again, where it has died and waits for that
     * @param health whether it is healthy; empty where it is not asked
     * @param oldest of the connections that it holds while it drains, those that have been open the longest; empty where none is seen
     */
    public record WorkerStatus(
            WorkerId id,
            WorkerState state,
            OptionalLong pid,
            Duration inState,
            int restarts,
            Optional<String> lastExit,
            OptionalLong connections,
            Duration extended,
            String text,
            Optional<Duration> startsIn,
            Optional<HealthStatus> health,
            List<OpenConnection> oldest) {
        public WorkerStatus {
            oldest = List.copyOf(oldest);
        }

        /** Of one that is not seen to drain. */
        public WorkerStatus(
                WorkerId id,
                WorkerState state,
                OptionalLong pid,
                Duration inState,
                int restarts,
                Optional<String> lastExit,
                OptionalLong connections,
                Duration extended,
                String text,
                Optional<Duration> startsIn,
                Optional<HealthStatus> health) {
            this(id, state, pid, inState, restarts, lastExit, connections, extended, text, startsIn, health, List.of());
        }

        public WorkerStatus withHealth(Optional<HealthStatus> seen) {
            return new WorkerStatus(
                    id, state, pid, inState, restarts, lastExit, connections, extended, text, startsIn, seen, oldest);
        }
    }

    /**
     * What became of one service's reload.
     *
     * @param from the generation that served before, if one did
     * @param to the new generation, if one was started
     * @param reason for people: why it failed and what serves now, or a summary
     * @param lastLines what the worker that failed wrote last; empty unless one failed
     * @param phases in the order they ended
     * @param drain how the old generation drained; empty if none did
     * @param ledger what the handover did to connections, counted; empty if there was nothing to hand over
     * @param unserved where the old generation listened, and nobody does any more
     * @param standby how long the old generation stands by, from now on; empty if it does not
     * @param exposure what the generation was to clients that was rolled back; empty unless one was
     * @param successor what serves in the place of the new generation already, since a newer reload began while the old one
     *     drained; empty unless one does
     */
    public record ReloadReport(
            ServiceName service,
            Optional<GenerationId> from,
            Optional<GenerationId> to,
            ReloadOutcome outcome,
            String reason,
            List<String> lastLines,
            List<PhaseReport> phases,
            Optional<DrainReport> drain,
            Optional<Ledger> ledger,
            List<Served.Gap> unserved,
            Optional<Duration> standby,
            Optional<Exposure> exposure,
            Optional<GenerationId> successor) {
        public ReloadReport {
            lastLines = List.copyOf(lastLines);
            phases = List.copyOf(phases);
            unserved = List.copyOf(unserved);
        }

        public ReloadReport(
                ServiceName service,
                Optional<GenerationId> from,
                Optional<GenerationId> to,
                ReloadOutcome outcome,
                String reason,
                List<String> lastLines,
                List<PhaseReport> phases,
                Optional<DrainReport> drain,
                Optional<Ledger> ledger) {
            this(
                    service,
                    from,
                    to,
                    outcome,
                    reason,
                    lastLines,
                    phases,
                    drain,
                    ledger,
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }

        /** Whether new connections were moved to the new generation. */
        public boolean hasFlipped() {
            return phases.stream().anyMatch(phase -> phase.phase() == Phase.FLIP && phase.end() == PhaseEnd.DONE);
        }

        /** Whether it is of a rollback, and that was done: new connections go to {@code to} again. */
        public boolean rolledBack() {
            return exposure.isPresent();
        }

        public ReloadReport withUnserved(List<Served.Gap> gaps) {
            return new ReloadReport(
                    service, from, to, outcome, reason, lastLines, phases, drain, ledger, gaps, standby, exposure,
                    successor);
        }

        public ReloadReport withDrain(Optional<DrainReport> report, Optional<Ledger> figures) {
            return new ReloadReport(
                    service, from, to, outcome, reason, lastLines, phases, report, figures, unserved, standby, exposure,
                    successor);
        }

        public ReloadReport withSuccessor(Optional<GenerationId> serving) {
            return new ReloadReport(
                    service, from, to, outcome, reason, lastLines, phases, drain, ledger, unserved, standby, exposure,
                    serving);
        }
    }

    public enum ReloadOutcome {
        /** The new generation serves; the old one is gone, or stands by. */
        COMPLETED,
        /**
         * The new generation did not get to serve; the old one, if there was one, still does. Or new connections were moved
         * to it, and it does not accept, or its after-flip command has failed, or it is rolled back.
         */
        FAILED,
        /** A newer reload took its place before it began. */
        REPLACED,
        /** The service or the supervisor was told to stop. */
        CANCELLED
    }

    public record PhaseReport(Phase phase, Duration took, PhaseEnd end) {}

    /** The parts of a handover that take time; it goes from one to another along {@link #next()}. */
    public enum Phase {
        /** A command is run before the workers of the new generation are started. */
        BEFORE_START,
        /** From the start of the new generation's workers to its being ready. */
        START,
        /** The new generation is sent requests, before any client comes to it. */
        WARM_UP,
        /** Each worker of the new generation is asked for its health, before any client comes to it. */
        HEALTH,
        /** Some clients' new connections go to the new generation, those of all others to the old one. */
        CANARY,
        /** The new generation's listeners are held, and new connections are moved to it. */
        FLIP,
        /** What is in flight to the old generation runs empty, while its workers go on accepting. */
        QUIESCE,
        /** The old generation finishes what it accepted. */
        DRAIN,
        /** What did not drain in time is ended: TERM, then KILL. */
        STOP,
        /** The old generation's listeners, seen empty, are let go of. */
        RELEASE,
        /** The command that was started at the flip has not ended yet. */
        AFTER_FLIP;

        /**
         * The phases that a handover may begin with: one back to a generation that stands by has it to start no more, and one
         * that an earlier supervisor was in the middle of, or that was left at a standby, goes on.
         */
        public static Set<Phase> first() {
            return EnumSet.of(BEFORE_START, START, FLIP, QUIESCE, DRAIN);
        }

        /** The phases that may follow this one. */
        public Set<Phase> next() {
            return switch (this) {
                case BEFORE_START -> EnumSet.of(START);
                case START -> EnumSet.of(WARM_UP, HEALTH, CANARY, FLIP);
                case WARM_UP -> EnumSet.of(HEALTH, CANARY, FLIP);
                case HEALTH -> EnumSet.of(CANARY, FLIP);
                case CANARY -> EnumSet.of(FLIP);
                case FLIP -> EnumSet.of(QUIESCE, DRAIN, STOP, AFTER_FLIP);
                case QUIESCE -> EnumSet.of(DRAIN, AFTER_FLIP);
                case DRAIN -> EnumSet.of(STOP, RELEASE, AFTER_FLIP);
                case STOP -> EnumSet.of(RELEASE, AFTER_FLIP);
                case RELEASE -> EnumSet.of(AFTER_FLIP);
                case AFTER_FLIP -> EnumSet.noneOf(Phase.class);
            };
        }

        /**
         * Whether a handover may be complete after it: nothing served before, nothing of what did is held, or what did stands
         * by.
         */
        public boolean mayBeLast() {
            return switch (this) {
                case BEFORE_START, START, WARM_UP, HEALTH, CANARY -> false;
                case FLIP, QUIESCE, DRAIN, STOP, RELEASE, AFTER_FLIP -> true;
            };
        }
    }

    /** How a phase ended. */
    public enum PhaseEnd {
        DONE,
        /** A worker could not be started, or a command beside the workers. */
        NOT_STARTED,
        /** The command of the phase did not exit with 0, or not in time. */
        COMMAND_FAILED,
        /** A worker exited before it was ready. */
        EXITED_BEFORE_READY,
        /** A worker that had been ready said that it failed, no longer said that it is alive, or closed a listener. */
        UNWELL,
        /** A worker that had been ready stopped of its own accord, or exited. */
        LEFT,
        NOT_READY_IN_TIME,
        /** Its requests were not all sent in time, none of them was answered, or none could be sent; it goes on all the same. */
        NOT_WARM,
        /** A worker did not answer for its health as expected, as often in a row as is configured. */
        UNHEALTHY,
        /** A worker could not be asked for its health, or was not waited for; it goes on all the same. */
        NOT_SHOWN,
        /** Its listeners don't fit those of the generation that serves. */
        UNFIT,
        /** What it had led to is undone, since somebody asked for that, or it went wrong. */
        ROLLED_BACK,
        /** A service that it gives an address to, or takes one from, failed. */
        TAKEOVER_FAILED,
        /** Handshakes or queued connections were left to the old generation when the quiesce-timeout had passed. */
        QUIESCE_TIMED_OUT,
        DRAIN_TIMED_OUT,
        /** TERM was not enough. */
        KILLED,
        /** Steering did not answer; its duplicates of the old listeners may still be held. */
        RELEASE_TIMED_OUT,
        /** Something else was asked for meanwhile. */
        CANCELLED
    }

    /**
     * One step of a reload, told as it happens.
     *
     * @param generation the generation that the phase concerns
     * @param ended empty when the phase begins
     */
    public record Progress(
            ServiceName service, GenerationId generation, Phase phase, Optional<PhaseReport> ended, String text) {}
}
