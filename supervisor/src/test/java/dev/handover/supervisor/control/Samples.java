package dev.handover.supervisor.control;

import dev.handover.supervisor.doctor.Diagnosis;
import dev.handover.supervisor.doctor.Finding;
import dev.handover.supervisor.terms.CanaryShare;
import dev.handover.supervisor.terms.ClientRange;
import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.DrainReport;
import dev.handover.supervisor.terms.Effect.Severity;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Happening;
import dev.handover.supervisor.terms.HealthStatus;
import dev.handover.supervisor.terms.HoldStatus;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.LogStanding;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.OpenConnection;
import dev.handover.supervisor.terms.Percentage;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Reply.Signalled.Recipient;
import dev.handover.supervisor.terms.Report.Difference;
import dev.handover.supervisor.terms.Report.Difference.Workers;
import dev.handover.supervisor.terms.Report.GenerationStatus;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.Report.PhaseReport;
import dev.handover.supervisor.terms.Report.Progress;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.Report.ServiceStatus;
import dev.handover.supervisor.terms.Report.WorkerStatus;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SignalsTo;
import dev.handover.supervisor.terms.SteeringStatus;
import dev.handover.supervisor.terms.SteeringStatus.Arrivals;
import dev.handover.supervisor.terms.SteeringStatus.Role;
import dev.handover.supervisor.terms.Subject;
import dev.handover.supervisor.terms.Totals;
import dev.handover.supervisor.terms.UpgradeReport;
import dev.handover.supervisor.terms.Usage;
import dev.handover.supervisor.terms.WorkerId;
import dev.handover.supervisor.terms.WorkerState;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What docs/control.md shows, as the core says it. */
final class Samples {
    static final ServiceName WEB = new ServiceName("web");
    static final ServiceName API = new ServiceName("api");
    static final GenerationId THREE = new GenerationId(3);
    static final GenerationId SEVEN = new GenerationId(7);
    static final GenerationId EIGHT = new GenerationId(8);

    static final Happening EXITED = new Happening(
            Instant.parse("2026-03-01T12:00:30Z"),
            Happening.What.WORKER_EXITED,
            Severity.ERROR,
            Subject.of(new WorkerId(WEB, EIGHT, 1)),
            "web/g8/w1 (pid 4712) was killed by SIGKILL while it served");

    static final Request.Upgrade UPGRADE = new Request.Upgrade("19a2b3c4d5e", "1.2.2", "1.2.3");
    static final UpgradeReport UPGRADED = new UpgradeReport(UPGRADE, Optional.empty(), Duration.ofMillis(412), 4, 2);

    static final Reply.HoldEnded HOLD_ENDED =
            new Reply.HoldEnded(WEB, Duration.ofMillis(4210), "ended by pid 4800, uid 0", 312);

    static final Reply.Signalled SIGNALLED = new Reply.Signalled(
            WEB,
            EIGHT,
            Signal.HUP,
            SignalsTo.MAIN,
            List.of(
                    new Recipient(new WorkerId(WEB, EIGHT, 1), OptionalLong.of(4712), Optional.empty()),
                    new Recipient(
                            new WorkerId(WEB, EIGHT, 2), OptionalLong.empty(), Optional.of("no process of it runs"))));

    static final Progress START_BEGAN = new Progress(WEB, EIGHT, Phase.START, Optional.empty(), "2 workers");
    static final Progress START_ENDED = new Progress(
            WEB,
            EIGHT,
            Phase.START,
            Optional.of(new PhaseReport(Phase.START, Duration.ofMillis(812), PhaseEnd.DONE)),
            "2 workers ready");

    static final Reply.Status STATUS = new Reply.Status(
            List.of(
                    new ServiceStatus(
                            WEB,
                            ServiceState.RUNNING,
                            Optional.of(Instant.parse("2026-03-01T11:00:00Z")),
                            "",
                            List.of(),
                            Optional.of(EIGHT),
                            Optional.of(Moving.STEERED),
                            Optional.of(new LastReload(
                                    Instant.parse("2026-03-01T12:00:00.250Z"),
                                    Optional.of(EIGHT),
                                    ReloadOutcome.COMPLETED,
                                    "generation 8 serves",
                                    List.of(),
                                    Optional.of("lossless"))),
                            Optional.of("generation 7 drains for 59 s at most, and max-generations is 2"),
                            Optional.of(new HoldStatus(
                                    Instant.parse("2026-03-01T12:00:31Z"),
                                    Instant.parse("2026-03-01T12:00:51Z"),
                                    "pid 4800, uid 0")),
                            List.of(
                                    new GenerationStatus(
                                            SEVEN,
                                            GenerationState.DRAINING,
                                            Duration.ofMillis(1200),
                                            List.of(new WorkerStatus(
                                                    new WorkerId(WEB, SEVEN, 1),
                                                    WorkerState.DRAINING,
                                                    OptionalLong.of(4711),
                                                    Duration.ofMillis(1200),
                                                    2,
                                                    Optional.of("killed by SIGKILL"),
                                                    OptionalLong.of(3),
                                                    Duration.ofSeconds(20),
                                                    "finishing",
                                                    Optional.empty(),
                                                    Optional.empty(),
                                                    List.of(new OpenConnection(
                                                            new InetSocketAddress("2001:db8::7", 51234),
                                                            Duration.ofSeconds(250)))))),
                                    new GenerationStatus(
                                            EIGHT,
                                            GenerationState.SERVING,
                                            Duration.ofMillis(1200),
                                            List.of(new WorkerStatus(
                                                    new WorkerId(WEB, EIGHT, 1),
                                                    WorkerState.READY,
                                                    OptionalLong.of(4712),
                                                    Duration.ofMillis(1350),
                                                    0,
                                                    Optional.empty(),
                                                    OptionalLong.empty(),
                                                    Duration.ZERO,
                                                    "",
                                                    Optional.empty(),
                                                    Optional.of(new HealthStatus(
                                                            HealthStatus.State.UNHEALTHY,
                                                            Instant.parse("2026-03-01T12:00:30Z"),
                                                            "GET /healthz at 127.0.0.1:80 was answered with 500, not"
                                                                    + " 200, 3 times in a row",
                                                            true)))))),
                            Totals.NONE),
                    new ServiceStatus(
                            API,
                            ServiceState.DOWN,
                            Optional.of(Instant.parse("2026-03-01T12:01:00Z")),
                            "api/g3/w1 (pid 4713) exited with 7 before it was ready",
                            List.of("cannot read the licence"),
                            Optional.of(THREE),
                            Optional.of(Moving.STEERED),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            List.of(new GenerationStatus(
                                    THREE,
                                    GenerationState.SERVING,
                                    Duration.ofMinutes(1),
                                    List.of(new WorkerStatus(
                                            new WorkerId(API, THREE, 1),
                                            WorkerState.WAITING,
                                            OptionalLong.empty(),
                                            Duration.ofMillis(400),
                                            2,
                                            Optional.of("exited with 7"),
                                            OptionalLong.empty(),
                                            Duration.ZERO,
                                            "",
                                            Optional.of(Duration.ofMillis(800)),
                                            Optional.empty())))),
                            Totals.NONE)),
            Optional.of(new Difference(List.of(WEB), List.of(), List.of(), List.of(new Workers(WEB, 1, 2)))),
            Map.of(
                    WEB,
                    new SteeringStatus(
                            Ledger.Mode.STEERED,
                            "",
                            Optional.of(new SteeringStatus.Split(
                                    EIGHT.next(),
                                    new CanaryShare(List.of(ClientRange.parse("10.1.0.0/16")), Percentage.parse("10%")),
                                    new Arrivals(502, 31),
                                    new Arrivals(4618, 290),
                                    new Arrivals(540, 33),
                                    "more clients came than are told apart")),
                            List.of(new SteeringStatus.Group(
                                    ListenAddress.parse("tcp://0.0.0.0:80"),
                                    List.of(
                                            new SteeringStatus.Member(
                                                    Role.RELEASED,
                                                    Optional.of(new WorkerId(WEB, SEVEN, 1)),
                                                    OptionalLong.empty(),
                                                    "",
                                                    0),
                                            new SteeringStatus.Member(
                                                    Role.SERVES,
                                                    Optional.of(new WorkerId(WEB, EIGHT, 1)),
                                                    OptionalLong.of(4712),
                                                    "",
                                                    3),
                                            new SteeringStatus.Member(
                                                    Role.STRANGER,
                                                    Optional.empty(),
                                                    OptionalLong.of(666),
                                                    "python3 evil.py",
                                                    0)),
                                    List.of(new SteeringStatus.Rival(
                                            "tcp://127.0.0.1:80", OptionalLong.of(667), "python3 particular.py")),
                                    12)))),
            Map.of(
                    WEB,
                    new LogStanding(
                            Path.of("/var/log/web.log"),
                            Optional.of("can't be written: write: ENOSPC (/var/log/web.log)"))),
            Map.of(
                    WEB,
                    Map.of(
                            EIGHT,
                            new Usage(
                                    Duration.ofMillis(2310),
                                    OptionalLong.of(152043520),
                                    OptionalLong.of(201326592),
                                    47,
                                    OptionalLong.of(0)))));

    static final Diagnosis DIAGNOSIS = new Diagnosis(
            List.of(new Finding(
                    "a worker's listeners can't be held: pidfd_getfd: EPERM (descriptor 0 of pid 4711)",
                    "sysctl -w kernel.yama.ptrace_scope=1, or give the supervisor CAP_SYS_PTRACE",
                    "sysctl kernel.yama.ptrace_scope")),
            Optional.of("kernel.sched_autogroup_enabled is 0"),
            new Diagnosis.Cgroups(false, Optional.of("no cgroup of version 2 is to be seen")),
            List.of(new Diagnosis.OfService(
                    WEB,
                    Ledger.Mode.PLAIN,
                    "pidfd_getfd: EPERM (descriptor 0 of pid 4711)",
                    false,
                    List.of(new Finding(
                            "tcp://127.0.0.1:80: uid 33 listens there; a worker of uid 1000 gets EADDRINUSE",
                            "end that program, or run the supervisor as its user",
                            "ss -ltnp 'sport = :80'")))));

    static final ReloadReport COMPLETED = new ReloadReport(
            WEB,
            Optional.of(SEVEN),
            Optional.of(EIGHT),
            ReloadOutcome.COMPLETED,
            "generation 8 serves",
            List.of(),
            List.of(
                    new PhaseReport(Phase.START, Duration.ofMillis(812), PhaseEnd.DONE),
                    new PhaseReport(Phase.DRAIN, Duration.ofMillis(2030), PhaseEnd.DONE)),
            Optional.of(new DrainReport(
                    new DrainAccount(
                            41,
                            6,
                            1,
                            0,
                            1,
                            0,
                            List.of("web/g7/w1 (pid 4711): 1 connection ended unseen: the kernel did not tell how")),
                    Optional.of(new DrainReport.Said(43, 0)),
                    List.of("sh stands between the supervisor and the program that serves"))),
            Optional.empty());

    static final ReloadReport FAILED = new ReloadReport(
            WEB,
            Optional.of(SEVEN),
            Optional.of(EIGHT),
            ReloadOutcome.FAILED,
            "worker 1 (pid 4711) exited with 1 before it was ready; generation 7 still serves",
            List.of("bind: Address already in use"),
            List.of(new PhaseReport(Phase.START, Duration.ofMillis(95), PhaseEnd.EXITED_BEFORE_READY)),
            Optional.empty(),
            Optional.empty());

    private Samples() {}

    static ReloadReport withOutcome(ReloadOutcome outcome) {
        return new ReloadReport(
                WEB,
                Optional.of(SEVEN),
                Optional.empty(),
                outcome,
                "because",
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }

    static final Happening ENDED = new Happening(
            Instant.parse("2026-03-01T12:00:00.250Z"),
            Happening.What.RELOAD_ENDED,
            Severity.INFO,
            Subject.of(WEB, EIGHT),
            "web: completed: generation 8 serves",
            Optional.of(COMPLETED));
}
