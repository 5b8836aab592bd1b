package dev.handover.supervisor.terms;

import dev.handover.supervisor.terms.Report.Difference;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.Report.ServiceStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The one last answer to a {@link Request}. */
public sealed interface Reply {
    /**
     * @param difference between the configuration file and what runs; empty where the file can't be used
     * @param steering without services of which it is not known: those that are not steered, or stand still
     * @param logs of services that write to a log file now
     * @param usage of generations that have a cgroup
     */
    record Status(
            List<ServiceStatus> services,
            Optional<Difference> difference,
            Map<ServiceName, SteeringStatus> steering,
            Map<ServiceName, LogStanding> logs,
            Map<ServiceName, Map<GenerationId, Usage>> usage)
            implements Reply {
        public Status {
            services = List.copyOf(services);
            steering = Map.copyOf(steering);
            logs = Map.copyOf(logs);
            usage = Map.copyOf(usage);
        }
    }

    /** A reload that was carried through or that failed: one report for each service it concerned. */
    record Reloaded(List<ReloadReport> reports) implements Reply {
        public Reloaded {
            reports = List.copyOf(reports);
        }
    }

    /** @param drain what became of the connections that its workers had; empty where it has none, or did not run */
    record Stopped(ServiceName service, Optional<DrainReport> drain) implements Reply {}

    /** @param services the last reloads of each, from the oldest on; with what serves now */
    record History(List<OfService> services) implements Reply {
        public History {
            services = List.copyOf(services);
        }

        /** @param serving what the generation that serves was started from; empty where none does */
        public record OfService(
                ServiceName service,
                Optional<GenerationId> serving,
                Optional<ServiceSpec> configuration,
                List<PastReload> reloads) {
            public OfService {
                reloads = List.copyOf(reloads);
            }
        }
    }

    /** What a canary was told is done; {@code text} says how it stands, for people. */
    record CanaryDecided(ServiceName service, GenerationId generation, String text) implements Reply {}

    /**
     * What a reload would do.
     *
     * @param warnings what it is good to know before, such as an address that nobody would serve
     */
    record Planned(List<Plan> plans, List<String> warnings) implements Reply {
        public Planned {
            plans = List.copyOf(plans);
            warnings = List.copyOf(warnings);
        }
    }

    record Started(ServiceName service, GenerationId generation) implements Reply {}

    /** A signal was sent to workers of a generation, to one at least. */
    record Signalled(
            ServiceName service, GenerationId generation, Signal signal, SignalsTo to, List<Recipient> recipients)
            implements Reply {
        public Signalled {
            recipients = List.copyOf(recipients);
        }

        /**
         * One that was to have it.
         *
         * @param pid of its process; empty where none runs
         * @param missed why it has not got it, for people; empty if it has
         */
        public record Recipient(WorkerId worker, OptionalLong pid, Optional<String> missed) {}
    }

    /**
     * New connections wait no more.
     *
     * @param lasted for how long they did
     * @param end why they do no more, for people
     * @param turnedAway how many packets were dropped meanwhile: SYNs, also those that clients sent again
     */
    record HoldEnded(ServiceName service, Duration lasted, String end, long turnedAway) implements Reply {}

    /** Every service is stopped; the supervisor ends now. */
    record ShutDown() implements Reply {}

    /** Another program takes the supervisor's place now; whether it did, the one that runs then says. */
    record Upgrading(Request.Upgrade upgrade) implements Reply {}

    /** Not done. */
    record Refused(Reason reason, String message) implements Reply {}

    /** Why a request was not carried out. */
    enum Reason {
        UNKNOWN_SERVICE,
        /** The configuration asks for what can't change while the supervisor runs. */
        INVALID_CONFIGURATION,
        /** Tried, and failed; the message says why and what serves now. */
        FAILED,
        /** The supervisor is shutting down, or the service is being stopped. */
        STOPPING
    }
}
