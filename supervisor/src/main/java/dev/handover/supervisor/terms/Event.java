package dev.handover.supervisor.terms;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Something that happened outside the core. */
public sealed interface Event {
    /** Someone asks for something; {@link Effect.Answer} is the answer. */
    record Requested(RequestId id, Request request) implements Event {}

    /**
     * A reload was asked for, of a configuration that can't be used; whoever asked has been told.
     *
     * @param service the one to reload; all where empty
     */
    record ReloadRefused(Optional<ServiceName> service, String why) implements Event {}

    /** Stop without waiting for the drain; said again: without waiting for anything. */
    record StopNow() implements Event {}

    /** The supervisor is to end without its workers, for the next one to go on with. */
    record LeaveAsked() implements Event {}

    /** {@link Effect.Save} failed. */
    record NotSaved() implements Event {}

    /** A deadline may have passed. */
    record Tick() implements Event {}

    /** Whoever asked for this is gone, and hears nothing more. */
    record CallerLeft(RequestId request) implements Event {}

    /** Something that steering did about a service's being on hold, as one request asked for. */
    sealed interface OfHold extends Event {
        ServiceName service();

        RequestId request();
    }

    /** From now on new connections wait. */
    record PutOnHold(ServiceName service, RequestId request) implements OfHold {}

    /** They can't be made to, for this reason; nothing was changed. */
    record NotPutOnHold(ServiceName service, RequestId request, String why) implements OfHold {}

    /**
     * New connections go on: as was asked for, or since they can be made to wait no longer.
     *
     * @param turnedAway how many packets were dropped meanwhile: SYNs, also those that clients sent again
     * @param why why it ended by itself; empty where that was asked for
     */
    record TakenOffHold(ServiceName service, RequestId request, long turnedAway, String why) implements OfHold {}

    /** Something that a worker's process did, or that was seen of it. */
    sealed interface OfWorker extends Event {
        WorkerId worker();
    }

    record Started(WorkerId worker, ProcessId process) implements OfWorker {}

    record NotStarted(WorkerId worker, String reason) implements OfWorker {}

    /** Something from a running process; one from a process that the worker no longer is gets ignored. */
    sealed interface OfProcess extends OfWorker {
        long pid();
    }

    /** @param lastLines the last lines that it wrote */
    record Exited(WorkerId worker, long pid, Exit exit, List<String> lastLines) implements OfProcess {
        public Exited {
            lastLines = List.copyOf(lastLines);
        }
    }

    /** It has its whole share of the CPU, as one that serves. */
    record ShareRestored(WorkerId worker, long pid) implements OfProcess {}

    /** It opened a connection of the worker protocol. */
    record Joined(WorkerId worker, long pid) implements OfProcess {}

    /** It says that it is ready. */
    record SaidReady(WorkerId worker, long pid) implements OfProcess {}

    record SaidStatus(WorkerId worker, long pid, String text) implements OfProcess {}

    record SaidConnections(WorkerId worker, long pid, long open) implements OfProcess {}

    record SaidAlive(WorkerId worker, long pid) implements OfProcess {}

    /** It says that it is no longer to be trusted: sd_notify's {@code WATCHDOG=trigger}. */
    record SaidFailed(WorkerId worker, long pid) implements OfProcess {}

    /**
     * It says that what it is at, its start or its drain, takes longer: sd_notify's {@code EXTEND_TIMEOUT_USEC}.
     *
     * @param by how long from now on, at least
     */
    record SaidExtends(WorkerId worker, long pid, Duration by) implements OfProcess {}

    /** It says that it can adopt what a dead worker left behind. */
    record SaidAdopts(WorkerId worker, long pid) implements OfProcess {}

    /** It says that it has stopped accepting. */
    record SaidDraining(WorkerId worker, long pid) implements OfProcess {}

    /** It says that it has finished all that it accepted. */
    record SaidDone(WorkerId worker, long pid) implements OfProcess {}

    /** The order to drain did not reach it: it holds no connection of the worker protocol. */
    record NotTold(WorkerId worker, long pid) implements OfProcess {}

    /** All its declared listeners exist: for the first time, again, or others than before. */
    record Listening(WorkerId worker, long pid) implements OfProcess {}

    /**
     * Its declared listeners do not all exist: not yet, or no longer.
     *
     * @param misfit whether it listens on a declared port, but where its clients do not come, which no patience mends
     */
    record NotListening(WorkerId worker, long pid, String missing, boolean misfit) implements OfProcess {}

    /**
     * It has so many connections, seen in the kernel.
     *
     * @param oldest those of TCP that have been open the longest, as of now; at most {@link OpenConnection#MOST}
     * @param quiet whether no datagram has come to its UDP listeners for as long as was asked; true where nothing was
     */
    record SeenConnections(WorkerId worker, long pid, long open, List<OpenConnection> oldest, boolean quiet)
            implements OfProcess {
        public SeenConnections {
            oldest = List.copyOf(oldest);
        }
    }

    /**
     * Its connections are watched, so that it can be told to drain.
     *
     * @param open how many it holds
     * @param endsAtSignal whether nothing stands against the default action of the signal that it is to be sent: in its
     *     process, or where all of its group is sent it, in one that holds a connection
     * @param standsBetween a program without a socket of the service, such as a shell, that is the worker's own process
     *     while another process serves; empty where there is none
     */
    record DrainWatched(WorkerId worker, long pid, long open, boolean endsAtSignal, String standsBetween)
            implements OfProcess {}

    /** Its connections can't be watched; none of what becomes of them will be seen. */
    record NotWatched(WorkerId worker, long pid, String reason) implements OfProcess {}

    /**
     * Its process has ended, and others that it started still hold connections.
     *
     * @param oldest as of {@link SeenConnections}
     * @param holders who they are, for people
     */
    record Lingers(WorkerId worker, long pid, long open, List<OpenConnection> oldest, String holders)
            implements OfProcess {
        public Lingers {
            oldest = List.copyOf(oldest);
        }
    }

    /** All that it held has ended, or was waited for long enough. */
    record Accounted(WorkerId worker, long pid, DrainAccount account) implements OfProcess {}

    /**
     * What came of asking it for its health.
     *
     * @param number the question's
     * @param text what was asked, and what came, for people
     */
    record HealthSeen(WorkerId worker, long pid, long number, HealthAnswer answer, String text) implements OfProcess {}

    /** Something that steering did for a generation. */
    sealed interface OfGeneration extends Event {
        ServiceName service();

        GenerationId generation();
    }

    /**
     * What came of its warm-up.
     *
     * @param warm whether each worker was sent all its requests in time, and some were answered
     * @param text for people
     */
    record WarmedUp(ServiceName service, GenerationId generation, boolean warm, String text) implements OfGeneration {}

    /**
     * New connections go to this generation only, as far as {@code mode} can make them.
     *
     * @param why why in this mode and not in a better one; empty when steered
     */
    record Steered(ServiceName service, GenerationId generation, Ledger.Mode mode, String why)
            implements OfGeneration {}

    /** New connections of the clients that were asked for go to this generation, and those of all others to another. */
    record Shared(ServiceName service, GenerationId generation) implements OfGeneration {}

    /** No client is led to this generation as a canary any more: which were. */
    record CanaryMet(ServiceName service, GenerationId generation, Met met) implements OfGeneration {}

    /**
     * What some clients got of this generation, and all others of the one that serves, since the share was asked for. It is told
     * about each second as long as clients are shared, and can be counted.
     */
    record Compared(ServiceName service, GenerationId generation, Answers canary, Answers serving)
            implements OfGeneration {}

    /**
     * What came of asking how it fares as a canary.
     *
     * @param number the run's
     * @param text what was run, and what came, for people
     */
    record MetricSeen(ServiceName service, GenerationId generation, long number, HealthAnswer answer, String text)
            implements OfGeneration {}

    /** Its listeners don't fit those of the generation that serves; nothing was moved. */
    record Unfit(ServiceName service, GenerationId generation, String reason) implements OfGeneration {}

    /** What was in flight to this generation has run empty, or its time is over. */
    record Quiesced(ServiceName service, GenerationId generation, boolean empty, String text) implements OfGeneration {}

    /** Nothing of this generation's listeners is held any more. */
    record Released(ServiceName service, GenerationId generation, Ledger ledger) implements OfGeneration {}
}
