package dev.handover.supervisor.terms;

import java.time.Duration;
import java.util.Optional;

/** What people ask of a running supervisor. */
public sealed interface Request {
    /**
     * @param service the one asked about; all where empty
     * @param file what the configuration file says now; empty where it can't be used
     */
    record Status(Optional<ServiceName> service, Optional<Configuration> file) implements Request {}

    /**
     * @param configuration what the file says now
     * @param service the one to reload; all where empty
     * @param canary whether the new generations are tried on some of the clients first
     * @param busy what becomes of it where a service is being handed over already
     * @param by who asks, such as {@code pid 4711 of uid 1000}
     */
    record Reload(
            Configuration configuration, Optional<ServiceName> service, CanaryOrder canary, IfBusy busy, String by)
            implements Request {
        /** As each service is configured. */
        public Reload(Configuration configuration, Optional<ServiceName> service, String by) {
            this(configuration, service, CanaryOrder.AS_CONFIGURED, IfBusy.WAIT, by);
        }
    }

    /**
     * Says what a reload would do; does nothing.
     *
     * @param configuration what the file says now
     * @param service the one that would be reloaded; all where empty
     */
    record PlanReload(Configuration configuration, Optional<ServiceName> service) implements Request {}

    /**
     * Hands over to a new generation of what an earlier one was started from.
     *
     * @param canary whether it is tried on some of the clients first
     * @param busy what becomes of it where the service is being handed over already
     * @param by who asks, such as {@code pid 4711 of uid 1000}
     */
    record ReloadTo(ServiceName service, GenerationId generation, CanaryOrder canary, IfBusy busy, String by)
            implements Request {}

    /**
     * Hands over to a new generation of what the one that serves was started from, whatever the file says; only where nothing else
     * is being done with the service.
     *
     * @param by who asks, such as {@code pid 4711 of uid 1000}
     */
    record Restart(ServiceName service, String by) implements Request {}

    /**
     * The same, with so many workers.
     *
     * @param workers from 1 to {@link ServiceSpec#MOST_WORKERS}
     * @param by who asks, such as {@code pid 4711 of uid 1000}
     */
    record Scale(ServiceName service, int workers, String by) implements Request {}

    /** What the last reloads were and came to; of all services where empty. */
    record History(Optional<ServiceName> service) implements Request {}

    /**
     * Drains and stops one service; it stays stopped until it is started.
     *
     * @param by who asks, such as {@code pid 4711 of uid 1000}
     */
    record Stop(ServiceName service, String by) implements Request {}

    /**
     * @param configuration what the file says now: a stopped service starts from it
     * @param by who asks, such as {@code pid 4711 of uid 1000}
     */
    record Start(Configuration configuration, ServiceName service, String by) implements Request {}

    /**
     * Lets another program, which has been tried, take the supervisor's place: services serve on.
     *
     * @param id names this upgrade
     * @param from the version that runs
     * @param to the version of the other one
     */
    record Upgrade(String id, String from, String to) implements Request {}

    /**
     * Moves new connections back to the generation that stands by, or serves beside a canary; where there is neither, hands over
     * to a new one of what the last good one before was started from.
     *
     * @param service whose; where empty, that of the one service that has such a generation, or of the only one
     * @param by who asks, such as {@code pid 4711 of uid 1000}
     */
    record Rollback(Optional<ServiceName> service, String by) implements Request {}

    /**
     * Says how a canary is to go on.
     *
     * @param service whose; where empty, that of the one service that has one
     * @param by who asks, such as {@code pid 4711 of uid 1000}
     */
    record DecideCanary(Optional<ServiceName> service, CanaryDecision decision, String by) implements Request {}

    enum CanaryDecision {
        /** All new connections are moved to it. */
        PROMOTE,
        /** It stays at the step that it is at. */
        PAUSE,
        /** It goes on with the step that it was paused in. */
        RESUME
    }

    /**
     * Sends a signal to workers.
     *
     * @param signal one of {@link Signal#FOR_PEOPLE}
     * @param worker which of the generation, from 1 on; each where empty
     * @param generation whose; of the one that serves where empty
     * @param by who asks, such as {@code pid 4711 of uid 1000}
     */
    record SendSignal(
            ServiceName service, Signal signal, Optional<Integer> worker, Optional<GenerationId> generation, String by)
            implements Request {}

    /**
     * Has new connections to a service wait in the kernel. It is answered when they go on, which they do when whoever asked
     * is gone, too.
     *
     * @param most for how long at most
     * @param by who asks, such as {@code pid 4711 of uid 1000}
     */
    record Hold(ServiceName service, Duration most, String by) implements Request {
        /**
         * A client's kernel sends a SYN that is not answered again after 1, 3, 7, 15, 31 and 63 s (tcp_syn_retries of 6; newer
         * ones more often at first): whoever came at the beginning comes at least once more.
         */
        public static final Duration LONGEST = Duration.ofSeconds(60);

        public Hold {
            within(most);
        }

        /**
         * Returns how long a hold may last at most.
         *
         * @throws IllegalArgumentException if that is too long, or no time at all; the message is for people
         */
        public static Duration within(Duration most) {
            if (most.isNegative() || most.isZero() || most.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("a hold lasts at most " + Durations.text(LONGEST)
                        + ", since clients give up after that, and longer than 0; not " + Durations.text(most));
            }
            return most;
        }
    }

    /** Lets new connections go on that wait. */
    record EndHold(ServiceName service, String by) implements Request {}

    /** Drains and stops every service, then ends the supervisor. */
    record Shutdown() implements Request {}
}
