package dev.handover.supervisor.http;

import dev.handover.supervisor.control.Results;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.HealthStatus;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.Percentage;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.GenerationStatus;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.Report.ServiceStatus;
import dev.handover.supervisor.terms.Report.WorkerStatus;
import dev.handover.supervisor.terms.SteeringStatus;
import dev.handover.supervisor.terms.SteeringStatus.Role;
import dev.handover.supervisor.terms.Total;
import dev.handover.supervisor.terms.Totals;
import dev.handover.supervisor.terms.Usage;
import dev.handover.supervisor.terms.WorkerState;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.LinkedHashMap;
import java.util.stream.Collectors;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/** Says what is, and what is counted, as Prometheus reads it. */
final class Figures {
    private static final double NANOS_A_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final double MILLIS_A_SECOND = TimeUnit.SECONDS.toMillis(1);

    private final String version;
    private final ExpositionFormatWriter text = PrometheusTextFormatWriter.create();
    private final ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();

    /** @param version the supervisor's own */
    Figures(String version) {
        this.version = version;
    }

    /**
     * @param connections that are open, by address
     * @param accept what the reader takes, as HTTP says it
     */
    Answer expose(Reply.Status status, Map<ListenAddress, Long> connections, String accept) {
        ExpositionFormatWriter writer = openMetrics.accepts(accept) ? openMetrics : text;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writer.write(bytes, of(status, connections).all(), EscapingScheme.UNDERSCORE_ESCAPING);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return new Answer(HttpStatus.SC_OK, writer.getContentType(), bytes.toByteArray());
    }

    private Collected of(Reply.Status status, Map<ListenAddress, Long> connections) {
        Collected into = new Collected();
        into.info(Metric.HANDOVER_BUILD_INFO, "version", version);
        into.gauge(Metric.HANDOVER_CONFIGURATION_VALID, status.difference().isPresent() ? 1 : 0);
        status.difference()
                .ifPresent(differs -> into.gauge(
                        Metric.HANDOVER_CONFIGURATION_DIFFERENCES,
                        differs.changed().size()
                                + differs.added().size()
                                + differs.removed().size()));
        for (ServiceStatus service : status.services()) {
            String name = service.service().value();
            service(service, into);
            steering(service, status.steering().get(service.service()), connections, into);
            Map<GenerationId, Usage> usage = status.usage().getOrDefault(service.service(), Map.of());
            for (GenerationStatus generation : service.generations()) {
                generation(name, generation, into);
                Usage taken = usage.get(generation.id());
                if (taken != null) {
                    usage(
                            taken,
                            into,
                            "service",
                            name,
                            "generation",
                            generation.id().toString());
                }
            }
            totals(name, service.totals(), into);
        }
        OwnProcess.addTo(into);
        return into;
    }

    private static void service(ServiceStatus service, Collected into) {
        String name = service.service().value();
        into.gauge(Metric.HANDOVER_SERVICE_UP, service.state() == ServiceState.RUNNING ? 1 : 0, "service", name);
        for (ServiceState state : ServiceState.values()) {
            into.gauge(
                    Metric.HANDOVER_SERVICE_STATE,
                    state == service.state() ? 1 : 0,
                    "service",
                    name,
                    "state",
                    Results.word(state));
        }
        service.serving().ifPresent(id -> into.gauge(Metric.HANDOVER_SERVING_GENERATION, id.number(), "service", name));
        List<WorkerStatus> serving = service.generations().stream()
                .filter(generation ->
                        service.serving().filter(generation.id()::equals).isPresent())
                .flatMap(generation -> generation.workers().stream())
                .toList();
        into.gauge(Metric.HANDOVER_WORKERS_WANTED, serving.size(), "service", name);
        into.gauge(
                Metric.HANDOVER_WORKERS_READY,
                serving.stream()
                        .filter(worker -> worker.state() == WorkerState.READY)
                        .count(),
                "service",
                name);
        into.gauge(
                Metric.HANDOVER_WORKERS_UNHEALTHY,
                serving.stream()
                        .flatMap(worker -> worker.health().stream())
                        .filter(health -> health.state() == HealthStatus.State.UNHEALTHY)
                        .count(),
                "service",
                name);
        service.lastReload().ifPresent(reload -> lastReload(name, reload, into));
    }

    private static void lastReload(String service, LastReload reload, Collected into) {
        into.gauge(
                Metric.HANDOVER_LAST_RELOAD_TIMESTAMP_SECONDS,
                reload.at().toEpochMilli() / MILLIS_A_SECOND,
                "service",
                service);
        into.gauge(
                Metric.HANDOVER_LAST_RELOAD_SUCCESS,
                reload.outcome() == ReloadOutcome.COMPLETED ? 1 : 0,
                "service",
                service);
    }

    private static void steering(
            ServiceStatus service,
            @Nullable SteeringStatus steering,
            Map<ListenAddress, Long> connections,
            Collected into) {
        String name = service.service().value();
        boolean plain = service.handover().filter(Moving.PLAIN::equals).isPresent();
        if (steering != null || plain) {
            Ledger.Mode mode = steering == null ? Ledger.Mode.PLAIN : steering.mode();
            for (Ledger.Mode each : Ledger.Mode.values()) {
                into.gauge(
                        Metric.HANDOVER_STEERING_MODE,
                        each == mode ? 1 : 0,
                        "service",
                        name,
                        "mode",
                        Results.word(each));
            }
        }
        if (steering != null) {
            double share = steering.split()
                    .map(split -> (double) split.share().others().hundredths() / Percentage.ALL)
                    .orElse(0.0);
            into.gauge(Metric.HANDOVER_CANARY_SHARE_RATIO, share, "service", name);
            // One of IPv4 and its mapped one are two groups with one name, as long as workers of both kinds listen.
            steering.groups().stream()
                    .collect(Collectors.groupingBy(
                            group -> group.address().declared(), LinkedHashMap::new, Collectors.toList()))
                    .forEach((address, groups) -> groups(name, address, groups, into));
            steering.groups().stream()
                    .map(group -> group.address().declared())
                    .distinct()
                    .filter(connections::containsKey)
                    .forEach(address -> into.gauge(
                            Metric.HANDOVER_CONNECTIONS,
                            connections.getOrDefault(address, 0L),
                            "service",
                            name,
                            "address",
                            address.toString()));
        }
    }

    private static void groups(
            String service, ListenAddress address, List<SteeringStatus.Group> groups, Collected into) {
        String[] labels = {"service", service, "address", address.toString()};
        List<SteeringStatus.Member> members =
                groups.stream().flatMap(group -> group.members().stream()).toList();
        long waiting =
                members.stream().mapToLong(SteeringStatus.Member::waiting).sum();
        boolean tcp = address.transport() == Transport.TCP;
        into.gauge(tcp ? Metric.HANDOVER_ACCEPT_QUEUE_LENGTH : Metric.HANDOVER_RECEIVE_QUEUE_BYTES, waiting, labels);
        into.counter(
                Metric.HANDOVER_QUEUE_DROPS_TOTAL,
                groups.stream().mapToLong(SteeringStatus.Group::dropped).sum(),
                labels);
        into.gauge(
                Metric.HANDOVER_STRANGERS,
                members.stream().filter(member -> member.role() == Role.STRANGER).count(),
                labels);
        into.gauge(
                Metric.HANDOVER_RIVALS,
                groups.stream().mapToLong(group -> group.rivals().size()).sum(),
                labels);
    }

    private static void generation(String service, GenerationStatus generation, Collected into) {
        String id = generation.id().toString();
        into.gauge(
                Metric.HANDOVER_GENERATION_STATE,
                1,
                "service",
                service,
                "generation",
                id,
                "state",
                Results.word(generation.state()));
        String[] labels = {"service", service, "generation", id};
        into.gauge(
                Metric.HANDOVER_GENERATION_WORKERS,
                generation.workers().stream()
                        .filter(worker -> worker.pid().isPresent())
                        .count(),
                labels);
        connections(generation).ifPresent(open -> into.gauge(Metric.HANDOVER_GENERATION_CONNECTIONS, open, labels));
    }

    /** Of all workers together; empty where it is known of none. */
    static OptionalLong connections(GenerationStatus generation) {
        return generation.workers().stream()
                .flatMapToLong(worker -> worker.connections().stream())
                .reduce(Long::sum);
    }

    private static void usage(Usage usage, Collected into, String... labels) {
        into.counter(Metric.HANDOVER_GENERATION_CPU_SECONDS_TOTAL, seconds(usage.cpu()), labels);
        usage.memory().ifPresent(bytes -> into.gauge(Metric.HANDOVER_GENERATION_MEMORY_BYTES, bytes, labels));
        into.gauge(Metric.HANDOVER_GENERATION_TASKS, usage.tasks(), labels);
        usage.oomKills().ifPresent(kills -> into.counter(Metric.HANDOVER_GENERATION_OOM_KILLS_TOTAL, kills, labels));
    }

    private static double seconds(Duration time) {
        return time.toNanos() / NANOS_A_SECOND;
    }

    private static void totals(String service, Totals totals, Collected into) {
        reloads(service, totals, into);
        Map<String, Total> fates = Map.of(
                "finished", Total.FINISHED,
                "closed-while-idle", Total.CLOSED_WHILE_IDLE,
                "left-by-client", Total.LEFT_BY_CLIENT,
                "cut", Total.CUT,
                "not-seen", Total.NOT_SEEN,
                "handed-on", Total.HANDED_ON);
        by("fate", fates, Metric.HANDOVER_DRAINED_CONNECTIONS_TOTAL, service, totals, into);
        Map<String, Total> exits =
                Map.of("starting", Total.EXITS_STARTING, "ready", Total.EXITS_READY, "leaving", Total.EXITS_LEAVING);
        by("while", exits, Metric.HANDOVER_WORKER_EXITS_TOTAL, service, totals, into);
        Map<Metric, Total> single = Map.of(
                Metric.HANDOVER_ROLLBACKS_TOTAL, Total.ROLLBACKS,
                Metric.HANDOVER_CONNECTIONS_LEFT_AT_RELEASE_TOTAL, Total.LEFT_AT_RELEASE,
                Metric.HANDOVER_WORKER_RESTARTS_TOTAL, Total.RESTARTS,
                Metric.HANDOVER_WORKER_UNHEALTHY_TOTAL, Total.UNHEALTHY);
        single.forEach((metric, total) -> into.counter(metric, totals.of(total), "service", service));
    }

    private static void reloads(String service, Totals totals, Collected into) {
        Map<String, Total> outcomes = Map.of(
                "completed", Total.RELOADS_COMPLETED,
                "failed", Total.RELOADS_FAILED,
                "replaced", Total.RELOADS_REPLACED,
                "cancelled", Total.RELOADS_CANCELLED);
        by("outcome", outcomes, Metric.HANDOVER_RELOADS_TOTAL, service, totals, into);
        Map<String, Total> verdicts =
                Map.of("lossless", Total.LOSSLESS, "not-lossless", Total.NOT_LOSSLESS, "not-shown", Total.NOT_SHOWN);
        by("verdict", verdicts, Metric.HANDOVER_HANDOVERS_TOTAL, service, totals, into);
        into.summary(
                Metric.HANDOVER_RELOAD_DURATION_SECONDS,
                totals.of(Total.RELOADS_BEGUN),
                totals.of(Total.RELOAD_NANOS) / NANOS_A_SECOND,
                "service",
                service);
        into.summary(
                Metric.HANDOVER_FLIP_DURATION_SECONDS,
                totals.of(Total.FLIPS),
                totals.of(Total.FLIP_NANOS) / NANOS_A_SECOND,
                "service",
                service);
    }

    private static void by(
            String label, Map<String, Total> words, Metric metric, String service, Totals totals, Collected into) {
        words.forEach((word, total) -> into.counter(metric, totals.of(total), "service", service, label, word));
    }
}
