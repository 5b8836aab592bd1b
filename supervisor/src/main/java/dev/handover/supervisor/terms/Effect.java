package dev.handover.supervisor.terms;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Something that the core decided; the edges perform it, in order. */
public sealed interface Effect {
    /** Ends in {@link Event.Started} or {@link Event.NotStarted}. */
    record StartWorker(WorkerId worker, ServiceSpec spec) implements Effect {}

    /** Watch a worker that an earlier supervisor started. */
    record AdoptWorker(WorkerId worker, ProcessId process) implements Effect {}

    /** To the worker's process alone, but KILL goes to all of its process group. */
    record SendSignal(WorkerId worker, ProcessId process, Signal signal) implements Effect {}

    /** The worker protocol's DRAIN. */
    record TellDrain(WorkerId worker, ProcessId process, Duration left) implements Effect {}

    /**
     * Report {@link Event.Listening} when these exist, {@link Event.NotListening} while they don't.
     *
     * @param saidReady whether the worker says that they do, which counts where its descriptors may not be read
     */
    record WatchListeners(WorkerId worker, ProcessId process, List<ListenAddress> listen, boolean saidReady)
            implements Effect {}

    /**
     * Report {@link Event.SeenConnections} whenever the number of the worker's own connections, accepted from these
     * listeners, has changed; for a worker that nothing new comes to.
     */
    record WatchConnections(WorkerId worker, ProcessId process, List<ListenAddress> listen) implements Effect {}

    /** The worker is gone for good, or is to be started anew: forget its process, end what is left of its group. */
    record Forget(WorkerId worker, ProcessId process) implements Effect {}

    /**
     * Hold the listeners of a worker that is ready before the rest of its generation is, so that less is left to do at
     * the flip. Ends in nothing.
     */
    record Hold(WorkerId worker, ProcessId process, List<ListenAddress> listen) implements Effect {}

    /**
     * Hold the listeners of a generation whose workers are all ready, and move new connections to it. Ends in
     * {@link Event.Steered} or {@link Event.Unfit}.
     */
    record Steer(
            ServiceName service, GenerationId generation, Map<WorkerId, ProcessId> workers, List<ListenAddress> listen)
            implements Effect {}

    /** A worker that was started again is ready: let it have its share of new connections. */
    record Rejoin(WorkerId worker, ProcessId process) implements Effect {}

    /**
     * A worker of a generation that is steered to, or still runs empty, has died or is to be ended: give its share to its
     * siblings, and what it left behind to who can adopt it.
     *
     * @param patience how long what it left behind may wait for an adopter, and then to be taken; 0 if none is expected
     */
    record SteerAway(WorkerId worker, Duration patience) implements Effect {}

    /** From now on these, and nobody else of the service, can adopt what a dead worker left behind. */
    record Adopters(ServiceName service, Map<WorkerId, ProcessId> adopters) implements Effect {
        public Adopters {
            adopters = Map.copyOf(adopters);
        }
    }

    /** Wait until what is in flight to a generation that is steered away from has run empty: {@link Event.Quiesced}. */
    record Quiesce(ServiceName service, GenerationId generation, Duration limit) implements Effect {}

    /**
     * Steer no more: the generation, whose workers are ready, takes over as the kernel's hash has it. Ends in
     * {@link Event.Steered}.
     */
    record GiveUp(ServiceName service, GenerationId generation, List<ListenAddress> listen) implements Effect {}

    /** Let go of a generation's listeners, once none of its workers needs them: {@link Event.Released}. */
    record Release(ServiceName service, GenerationId generation) implements Effect {}

    record Accept(RequestId request, String text) implements Effect {}

    record Tell(RequestId request, Report.Progress progress) implements Effect {}

    record Answer(RequestId request, Reply reply) implements Effect {}

    /** Answer with these, and with how each is steered now: {@link Reply.Status}. */
    record AnswerStatus(RequestId request, List<Report.ServiceStatus> services) implements Effect {
        public AnswerStatus {
            services = List.copyOf(services);
        }
    }

    record Log(Severity severity, String text) implements Effect {}

    record Save(Memory memory) implements Effect {}

    /** For the service manager that started the supervisor: what {@code systemctl status} shows. */
    record Announce(Standing standing, String status) implements Effect {}

    /** Every service is stopped: the supervisor ends. */
    record End() implements Effect {}

    /** How much a log line matters. */
    enum Severity {
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    /** The supervisor as a whole. */
    enum Standing {
        STARTING,
        /** Every service has served, or has failed to at its first try. */
        READY,
        STOPPING
    }
}
