package dev.handover.supervisor.http;

import dev.handover.supervisor.chronicle.Chronicle;
import dev.handover.supervisor.chronicle.ChronicleFile;
import dev.handover.supervisor.config.ConfigurationFile;
import dev.handover.supervisor.config.Sources;
import dev.handover.supervisor.control.Answers;
import dev.handover.supervisor.control.HappeningJson;
import dev.handover.supervisor.control.Requests;
import dev.handover.supervisor.doctor.Diagnosis;
import dev.handover.supervisor.process.RecentOutput;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.DrainReport;
import dev.handover.supervisor.terms.Effect.Severity;
import dev.handover.supervisor.terms.Exposure;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Happening;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.HealthStatus;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Met;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.PastReload;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.Difference;
import dev.handover.supervisor.terms.Report.GenerationStatus;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.Report.PhaseReport;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.Report.ServiceStatus;
import dev.handover.supervisor.terms.Report.WorkerStatus;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.Served;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SpecDraft;
import dev.handover.supervisor.terms.SteeringStatus;
import dev.handover.supervisor.terms.SteeringStatus.Role;
import dev.handover.supervisor.terms.Subject;
import dev.handover.supervisor.terms.Total;
import dev.handover.supervisor.terms.Totals;
import dev.handover.supervisor.terms.UpgradeReport;
import dev.handover.supervisor.terms.Usage;
import dev.handover.supervisor.terms.WorkerId;
import dev.handover.supervisor.terms.WorkerState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers at once, or never, with the same status each time. */
final class FakeSupervisor implements Requests {
    static final ServiceName WEB = new ServiceName("web");
    static final GenerationId EIGHT = new GenerationId(8);
    static final Instant AT = Instant.parse("2026-03-01T12:00:00.250Z");
    static final String WICKED = "<script>alert('&\"')</script>";

    private static final Configuration CONFIGURATION = new Configuration(
            Path.of("/run/c.sock"),
            Path.of("/run"),
            new TreeMap<>(Map.of(WEB, SpecDraft.service("web").spec())));

    /** In memory alone: there is no such file, and can't be. */
    private final Chronicle chronicle = new Chronicle(
            new ChronicleFile(Path.of("/proc/none/c.events"), warning -> {}), HappeningJson::of, warning -> {});

    final AtomicInteger asked = new AtomicInteger();
    volatile boolean answers = true;
    volatile boolean tellsStatus = true;
    volatile ServiceState state = ServiceState.RUNNING;

    static Reply.Status status(ServiceState state) {
        GenerationStatus serving = new GenerationStatus(
                EIGHT,
                GenerationState.SERVING,
                Duration.ofSeconds(90),
                List.of(
                        worker(1, OptionalLong.of(3), Optional.empty()),
                        worker(
                                2,
                                OptionalLong.of(4),
                                Optional.of(new HealthStatus(
                                        HealthStatus.State.UNHEALTHY, AT, "answered " + WICKED, true)))));
        return new Reply.Status(
                List.of(new ServiceStatus(
                        WEB,
                        state,
                        Optional.of(AT),
                        state == ServiceState.RUNNING ? "" : "web/g8/w1 " + WICKED,
                        List.of("last " + WICKED),
                        Optional.of(EIGHT),
                        Optional.of(Moving.STEERED),
                        Optional.of(new LastReload(
                                AT,
                                Optional.of(EIGHT),
                                ReloadOutcome.COMPLETED,
                                "generation 8 serves",
                                List.of(),
                                Optional.of("lossless"))),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(serving),
                        new Totals(Map.of(
                                Total.RELOADS_COMPLETED, 7L,
                                Total.RELOADS_BEGUN, 7L,
                                Total.RELOAD_NANOS, 3_500_000_000L,
                                Total.LOSSLESS, 6L,
                                Total.FINISHED, 40L)))),
                Optional.of(new Difference(List.of(WEB), List.of(), List.of(), List.of())),
                Map.of(
                        WEB,
                        new SteeringStatus(
                                Ledger.Mode.STEERED,
                                "",
                                Optional.empty(),
                                List.of(
                                        new SteeringStatus.Group(
                                                ListenAddress.parse("tcp://127.0.0.1:1"),
                                                List.of(new SteeringStatus.Member(
                                                        Role.SERVES,
                                                        Optional.of(new WorkerId(WEB, EIGHT, 1)),
                                                        OptionalLong.of(4712),
                                                        "",
                                                        5)),
                                                List.of(),
                                                11),
                                        new SteeringStatus.Group( // while a JVM's workers hand over to others
                                                ListenAddress.parse("tcp://127.0.0.1:1")
                                                        .mapped(),
                                                List.of(),
                                                List.of(),
                                                1)))),
                Map.of(),
                Map.of(
                        WEB,
                        Map.of(
                                EIGHT,
                                new Usage(
                                        Duration.ofMillis(2310),
                                        OptionalLong.of(152_043_520),
                                        OptionalLong.empty(),
                                        47,
                                        OptionalLong.of(0)))));
    }

    private static WorkerStatus worker(int index, OptionalLong connections, Optional<HealthStatus> health) {
        return new WorkerStatus(
                new WorkerId(WEB, EIGHT, index),
                WorkerState.READY,
                OptionalLong.of(4711 + index),
                Duration.ofSeconds(91),
                0,
                Optional.empty(),
                connections,
                Duration.ZERO,
                "busy " + WICKED,
                Optional.empty(),
                health);
    }

    @Override
    public Chronicle chronicle() {
        return chronicle;
    }

    /** With all that can be told of a reload. */
    void hasReloaded() {
        DrainAccount drained = new DrainAccount(41, 6, 1, 0, 1, 0, List.of("it is not known " + WICKED));
        Ledger ledger = new Ledger(
                Ledger.Mode.PLAIN,
                "as configured",
                List.of(new Ledger.Group(ListenAddress.parse("tcp://127.0.0.1:1"), 80, 3, 82, 0, 0, 0, 1, 1, 2)),
                new Ledger.Counters(1, 2, 3, 4),
                List.of("a caveat"),
                drained);
        happens(What.RELOAD_ASKED, "reload of web " + WICKED, Optional.empty());
        happens(
                What.RELOAD_ENDED,
                "web: completed",
                Optional.of(new ReloadReport(
                        WEB,
                        Optional.of(new GenerationId(7)),
                        Optional.of(EIGHT),
                        ReloadOutcome.FAILED,
                        "why " + WICKED,
                        List.of("last " + WICKED),
                        List.of(
                                new PhaseReport(Phase.START, Duration.ofMillis(812), PhaseEnd.DONE),
                                new PhaseReport(Phase.DRAIN, Duration.ofSeconds(30), PhaseEnd.DRAIN_TIMED_OUT)),
                        Optional.of(new DrainReport(
                                drained, Optional.of(new DrainReport.Said(43, 2)), List.of("some advice"))),
                        Optional.of(ledger),
                        List.of(new Served.Gap(
                                ListenAddress.parse("tcp://0.0.0.0:1"),
                                List.of(ListenAddress.parse("tcp://127.0.0.1:1")))),
                        Optional.of(Duration.ofSeconds(3)),
                        Optional.of(new Exposure(
                                Duration.ofSeconds(3),
                                OptionalLong.of(2),
                                true,
                                Optional.of(new Met(31, 2, List.of("192.0.2.7"), "some")))),
                        Optional.empty())));
    }

    /** Returns once those who follow could have read it. */
    void happens(String text) {
        happens(What.WORKER_STARTED, text, Optional.empty());
    }

    void happens(What what, String text, Optional<ReloadReport> report) {
        chronicle.add(new Happening(AT, what, Severity.INFO, Subject.of(WEB, EIGHT), text, report));
        chronicle.flush();
    }

    @Override
    public RecentOutput output() {
        throw new UnsupportedOperationException("no output is asked for");
    }

    @Override
    public Whereabouts whereOutputGoes(ServiceName service) {
        throw new UnsupportedOperationException("no output is asked for");
    }

    @Override
    public void submit(Request request, Answers to) {
        asked.incrementAndGet();
        if (answers && (tellsStatus || request instanceof Request.History)) {
            to.end(
                    request instanceof Request.History
                            ? new Reply.History(List.of(new Reply.History.OfService(
                                    WEB,
                                    Optional.of(EIGHT),
                                    Optional.of(SpecDraft.service("web").spec()),
                                    List.of(new PastReload(
                                            EIGHT,
                                            AT,
                                            ReloadOutcome.COMPLETED,
                                            "why " + WICKED,
                                            SpecDraft.service("web").spec())))))
                            : status(state));
        }
    }

    @Override
    public void gone(Answers to) {
        throw new AssertionError("HTTP asks for nothing that lasts");
    }

    @Override
    public String version() {
        return "1.2.3";
    }

    @Override
    public ConfigurationFile.Result readConfiguration() {
        return lookAtConfiguration();
    }

    @Override
    public Path file() {
        return Path.of("/etc/handover.toml");
    }

    @Override
    public ConfigurationFile.Result lookAtConfiguration() {
        return new ConfigurationFile.Valid(CONFIGURATION, List.of(), new Sources());
    }

    @Override
    public void refused(Optional<ServiceName> service, ConfigurationFile.Invalid invalid) {
        throw new AssertionError("HTTP reloads nothing");
    }

    @Override
    public void upgrade(Answers to) {
        throw new AssertionError("HTTP upgrades nothing");
    }

    @Override
    public Optional<UpgradeReport> upgraded() {
        return Optional.empty();
    }

    @Override
    public Diagnosis examine(Configuration configuration) {
        throw new AssertionError("HTTP tries nothing");
    }
}
