package dev.handover.supervisor.terms;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Something that the core decided; the edges perform it, in order. Each belongs to one family, and each family to one edge,
 * which takes all of it.
 */
public sealed interface Effect {
    /** What is done to a worker's process. */
    sealed interface OfProcess extends Effect {
        WorkerId worker();
    }

    /** Ends in {@link Event.Started} or {@link Event.NotStarted}. */
    record StartWorker(WorkerId worker, ServiceSpec spec) implements OfProcess {}

    /** Watch a worker that an earlier supervisor started. */
    record AdoptWorker(WorkerId worker, ProcessId process, ServiceSpec spec) implements OfProcess {}

    /** KILL goes to all of its process group, whomever others are sent to. */
    record SendSignal(WorkerId worker, ProcessId process, Signal signal, SignalsTo to) implements OfProcess {}

    /**
     * The worker starts beside a generation that serves: let it have a lower share of the CPU, where others want it and the
     * kernel allows that. Ends in nothing.
     */
    record LowerShare(WorkerId worker, ProcessId process) implements OfProcess {}

    /** Let it have its whole share of the CPU again. Ends in {@link Event.ShareRestored}, also where it was never lowered. */
    record RestoreShare(WorkerId worker, ProcessId process) implements OfProcess {}

    /** The worker is gone for good, or is to be started anew: forget its process, end what is left of its group. */
    record Forget(WorkerId worker, ProcessId process) implements OfProcess {}

    /** What is said to a worker in the worker protocol. */
    sealed interface OfProtocol extends Effect {
        WorkerId worker();
    }

    /** The worker protocol's DRAIN. */
    record TellDrain(WorkerId worker, ProcessId process, Duration left) implements OfProtocol {}

    /** What is to be seen of a worker's sockets from now on. */
    sealed interface OfWatch extends Effect {
        WorkerId worker();
    }

    /**
     * Report {@link Event.Listening} when these exist, and {@link Event.NotListening} while they don't: until they do for the
     * first time, and whenever one is gone later.
     *
     * @param saidReady whether the worker says that they do, which counts where its descriptors may not be read
     */
    record WatchListeners(WorkerId worker, ProcessId process, List<ListenAddress> listen, boolean saidReady)
            implements OfWatch {}

    /** From now on the worker may close its listeners. */
    record LookAway(WorkerId worker, ProcessId process) implements OfWatch {}

    /** What is to be seen of a worker that drains. */
    sealed interface OfWitness extends Effect {
        WorkerId worker();
    }

    /**
     * Watch what becomes of the connections that a worker holds, accepted from these listeners; before it is told to drain.
     * Ends in {@link Event.DrainWatched}, and {@link Event.SeenConnections} from then on, or in {@link Event.NotWatched}.
     *
     * @param signal what it will be told by, if by a signal
     * @param to whom that will be sent to
     * @param accepts whether new connections still come to it
     * @param quiet for how long no datagram must have come to its UDP listeners for them to count as quiet; empty if they
     *     are not watched
     */
    record WatchDrain(
            WorkerId worker,
            ProcessId process,
            List<ListenAddress> listen,
            Optional<Signal> signal,
            SignalsTo to,
            boolean accepts,
            Optional<Duration> quiet)
            implements OfWitness {
        public WatchDrain {
            listen = List.copyOf(listen);
        }
    }

    /**
     * The process of a watched worker has ended: report {@link Event.Lingers} while others of it hold connections, and
     * {@link Event.Accounted} in the end.
     *
     * @param by whether it had a say in that
     * @param patience how long those are waited for
     */
    record ConcludeDrain(WorkerId worker, ProcessId process, EndedBy by, Duration patience) implements OfWitness {}

    /** Where a service's new connections go; what concerns one service is done in the order decided. */
    sealed interface OfSteering extends Effect {
        ServiceName service();
    }

    /** The same for one worker. */
    sealed interface OfSteeredWorker extends OfSteering {
        WorkerId worker();

        @Override
        default ServiceName service() {
            return worker().service();
        }
    }

    /**
     * Hold the listeners of a worker that is ready before the rest of its generation is, so that less is left to do at
     * the flip. Ends in nothing.
     *
     * @param leaves whether its generation leaves, steered away from by an earlier supervisor: then also where nothing is
     *     steered yet
     */
    record Hold(WorkerId worker, ProcessId process, List<ListenAddress> listen, Optional<QuicSpec> quic, boolean leaves)
            implements OfSteeredWorker {
        public Hold {
            listen = List.copyOf(listen);
        }
    }

    /**
     * Hold the listeners of a generation whose workers are all ready, and move new connections to it. Ends in
     * {@link Event.Steered} or {@link Event.Unfit}.
     */
    record Steer(
            ServiceName service,
            GenerationId generation,
            Map<WorkerId, ProcessId> workers,
            List<ListenAddress> listen,
            Optional<QuicSpec> quic)
            implements OfSteering {
        public Steer {
            workers = Map.copyOf(workers);
            listen = List.copyOf(listen);
        }
    }

    /**
     * Lead the new connections of these clients to a generation whose workers are ready, and those of all others to the one
     * that serves, which goes on serving; said again for the same generation, lead others to it. One program swap a group.
     * {@link Steer} promotes it, and {@link SteerBack} of the one that serves takes it back: then it is left as any generation
     * is that is steered away from, with {@link Quiesce} and {@link Release}. Ends in {@link Event.Shared}, or in
     * {@link Event.Unfit}; nothing was moved, then.
     */
    record Share(
            ServiceName service,
            GenerationId generation,
            Map<WorkerId, ProcessId> workers,
            List<ListenAddress> listen,
            Optional<QuicSpec> quic,
            CanaryShare share)
            implements OfSteering {
        public Share {
            workers = Map.copyOf(workers);
            listen = List.copyOf(listen);
        }
    }

    /**
     * Move new connections back to a generation that stands by, or that serves beside a canary: to it alone. Ends in
     * {@link Event.Steered}, and only as steered, or in {@link Event.Unfit}; nothing was moved, then.
     */
    record SteerBack(
            ServiceName service, GenerationId generation, Map<WorkerId, ProcessId> workers, List<ListenAddress> listen)
            implements OfSteering {
        public SteerBack {
            workers = Map.copyOf(workers);
            listen = List.copyOf(listen);
        }
    }

    /**
     * Send requests to a generation whose workers are all ready, through the service's own address, while new connections
     * still go to the one that serves. Ends in {@link Event.WarmedUp}.
     */
    record WarmUp(
            ServiceName service,
            GenerationId generation,
            Map<WorkerId, ProcessId> workers,
            List<ListenAddress> listen,
            Optional<QuicSpec> quic,
            WarmUpSpec warmUp)
            implements OfSteering {
        public WarmUp {
            workers = Map.copyOf(workers);
            listen = List.copyOf(listen);
        }
    }

    /**
     * Ask a worker that is ready for its health, on a connection that the program leads to it alone. Ends in
     * {@link Event.HealthSeen}.
     *
     * @param number which question to this worker it is, which the answer carries too
     * @param spec what the worker was started from
     */
    record AskHealth(WorkerId worker, ProcessId process, long number, HealthSpec health, ServiceSpec spec)
            implements OfSteeredWorker {
        /** The listeners that it has. */
        public List<ListenAddress> listen() {
            return spec.listen();
        }
    }

    /**
     * Run the command that tells how a canary fares. Ends in {@link Event.MetricSeen}.
     *
     * @param number which run of it this is, which the answer carries too
     * @param serving the generation that has all other clients
     * @param spec what the canary was started from
     */
    record AskMetric(
            GenerationId generation,
            long number,
            MetricSpec metric,
            GenerationId serving,
            CanaryShare share,
            ServiceSpec spec)
            implements OfSteering {
        @Override
        public ServiceName service() {
            return spec.name();
        }
    }

    /**
     * Lead no new connections to a worker that serves, as long as there are others that they can be led to; or lead them to
     * it again. Its open ones stay.
     */
    record SetAside(WorkerId worker, ProcessId process, boolean aside) implements OfSteeredWorker {}

    /** A worker that was started again is ready: let it have its share of new connections. */
    record Rejoin(WorkerId worker, ProcessId process) implements OfSteeredWorker {}

    /** A worker that serves has closed a listener, or opened one again: lead new connections to those that it has. */
    record Relisten(WorkerId worker, ProcessId process) implements OfSteeredWorker {}

    /**
     * A worker of a generation that is steered to, or still runs empty, has died or is to be ended: give its share to its
     * siblings, and what it left behind to who can adopt it.
     *
     * @param patience how long what it left behind may wait for an adopter, and then to be taken; 0 if none is expected
     */
    record SteerAway(WorkerId worker, Duration patience) implements OfSteeredWorker {}

    /** From now on these, and nobody else of the service, can adopt what a dead worker left behind. */
    record Adopters(ServiceName service, Map<WorkerId, ProcessId> adopters) implements OfSteering {
        public Adopters {
            adopters = Map.copyOf(adopters);
        }
    }

    /** Wait until what is in flight to a generation that is steered away from has run empty: {@link Event.Quiesced}. */
    record Quiesce(ServiceName service, GenerationId generation, Duration limit) implements OfSteering {}

    /**
     * Have new connections wait in the kernel, whoever serves; what a door leads, and what has connected or is about to, goes
     * on. It ends with this process, however that ends. Ends in {@link Event.PutOnHold} or {@link Event.NotPutOnHold}.
     */
    record HoldOff(ServiceName service, RequestId request) implements OfSteering {}

    /** Let new connections go on. Ends in {@link Event.TakenOffHold}, also where they never waited. */
    record LetIn(ServiceName service, RequestId request) implements OfSteering {}

    /**
     * Steer no more: the generation, whose workers are ready, takes over as the kernel's hash has it. Ends in
     * {@link Event.Steered}.
     */
    record GiveUp(ServiceName service, GenerationId generation, List<ListenAddress> listen) implements OfSteering {
        public GiveUp {
            listen = List.copyOf(listen);
        }
    }

    /** Let go of a generation's listeners, once none of its workers needs them: {@link Event.Released}. */
    record Release(ServiceName service, GenerationId generation) implements OfSteering {}

    /** What whoever asked for something is told. */
    sealed interface OfRequest extends Effect {
        RequestId request();
    }

    record Accept(RequestId request, String text) implements OfRequest {}

    record Tell(RequestId request, Report.Progress progress) implements OfRequest {}

    record Answer(RequestId request, Reply reply) implements OfRequest {}

    /** Answer with these, and with how each is steered now: {@link Reply.Status}. */
    record AnswerStatus(RequestId request, List<Report.ServiceStatus> services, Optional<Report.Difference> difference)
            implements OfRequest {
        public AnswerStatus {
            services = List.copyOf(services);
        }
    }

    /**
     * Send a signal to these workers, and answer with who has got it: {@link Reply.Signalled}.
     *
     * @param absent those that were meant too, and of which no process runs
     */
    record AnswerSignalled(
            RequestId request,
            ServiceName service,
            GenerationId generation,
            Signal signal,
            SignalsTo to,
            Map<WorkerId, ProcessId> workers,
            List<WorkerId> absent)
            implements OfRequest {
        public AnswerSignalled {
            workers = Map.copyOf(workers);
            absent = List.copyOf(absent);
        }
    }

    /** What the supervisor writes down, says to the world, or ends with. */
    sealed interface OfSupervisor extends Effect {}

    record Log(Severity severity, Subject subject, String text) implements OfSupervisor {}

    /** For the chronicle. */
    record Note(Happening happening) implements OfSupervisor {}

    record Save(Memory memory) implements OfSupervisor {}

    /**
     * Answer HTTP there, and nowhere else; it is tried again where that could not be before.
     *
     * @param http nowhere where empty
     */
    record AnswerHttp(Optional<HttpSpec> http) implements OfSupervisor {}

    /** Tell these of what happens from now on, and nobody else; in the place of those before. */
    record Notify(List<NotifySpec> notifications) implements OfSupervisor {
        public Notify {
            notifications = List.copyOf(notifications);
        }
    }

    /** For the service manager that started the supervisor: what {@code systemctl status} shows. */
    record Announce(Standing standing, String status) implements OfSupervisor {}

    /** The supervisor performs nothing after it. */
    sealed interface Last extends OfSupervisor {}

    /** Every service is stopped: the supervisor ends. */
    record End() implements Last {}

    /** The state is saved: the supervisor ends as if it were killed, and what runs goes on, for the next one to adopt. */
    record Leave() implements Last {}

    /** Another program takes the supervisor's place. */
    record GiveWay(Request.Upgrade upgrade) implements Last {}

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
