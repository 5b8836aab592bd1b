package dev.handover.supervisor.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.KernelDefect.Verdict;
import dev.handover.supervisor.linux.SocketRow;
import dev.handover.supervisor.linux.SocketState;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.ProcessSettings;
import dev.handover.supervisor.terms.ReadyWhen;
import dev.handover.supervisor.terms.RestartSpec;
import dev.handover.supervisor.terms.ReuseportBy;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SignalsTo;
import dev.handover.supervisor.terms.SpecDraft;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DoctorTest {
    private static final String WEB = "tcp://127.0.0.1:8080";
    private static final Optional<String> EPERM = Optional.of("pidfd_getfd: EPERM (descriptor 0 of pid 7)");

    private static final Kernel SOUND = new Kernel("7.2", Verdict.NO, Verdict.NO, Optional.empty());

    private static Configuration listening(Moving handover, String... addresses) {
        return listening(handover, ReuseportBy.PROGRAM, addresses);
    }

    private static Configuration listening(Moving handover, ReuseportBy reuseport, String... addresses) {
        Duration second = Duration.ofSeconds(1);
        ServiceName web = new ServiceName("web");
        ServiceSpec spec = new ServiceSpec(
                web,
                true,
                List.of(),
                List.of("true"),
                Path.of("/"),
                List.of(),
                Map.of(),
                ProcessSettings.INHERITED,
                List.of(addresses).stream().map(ListenAddress::parse).toList(),
                reuseport,
                1,
                ReadyWhen.NOTIFIED,
                second,
                new DrainBy.Protocol(),
                Signal.TERM,
                SignalsTo.MAIN,
                handover,
                second,
                Optional.empty(),
                Optional.empty(),
                2,
                Optional.empty(),
                second,
                second,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                RestartSpec.DEFAULT,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return new Configuration(Path.of("/run/c.sock"), Path.of("/run"), new TreeMap<>(Map.of(web, spec)));
    }

    private static final Diagnosis.Cgroups CGROUPS = new Diagnosis.Cgroups(true, Optional.empty());

    private static Host with(Kernel kernel, int migrateReq) {
        return new Host(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                CGROUPS,
                OptionalInt.of(migrateReq),
                OptionalInt.of(1),
                1000,
                1024,
                kernel,
                List.of(),
                List.of());
    }

    /** A host where everything works, for uid 1000, with these sockets on it. */
    private static Host good(SocketRow... listeners) {
        return new Host(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                CGROUPS,
                OptionalInt.of(1),
                OptionalInt.of(1),
                1000,
                1024,
                SOUND,
                List.of(),
                List.of(listeners));
    }

    private static Host thatIntercepts(Optional<String> obstacle) {
        return new Host(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                obstacle,
                Optional.empty(),
                CGROUPS,
                OptionalInt.of(1),
                OptionalInt.of(1),
                1000,
                1024,
                SOUND,
                List.of(),
                List.of());
    }

    private static Host without(Optional<String> steering, Optional<String> holding, int migrateReq, int ptraceScope) {
        return new Host(
                steering,
                holding,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                CGROUPS,
                OptionalInt.of(migrateReq),
                OptionalInt.of(ptraceScope),
                1000,
                1024,
                SOUND,
                List.of(),
                List.of());
    }

    private static SocketRow listener(String address, int uid) {
        return listener(address, uid, 0);
    }

    private static SocketRow listener(String address, int uid, int device) {
        ListenAddress at = ListenAddress.parse(address);
        return new SocketRow(
                at.transport(),
                SocketState.LISTEN,
                at.socketAddress(),
                new InetSocketAddress(at.address(), 0),
                device,
                4711,
                1,
                uid,
                at.isIpv6() && !at.dualStack(),
                0,
                128);
    }

    private static Diagnosis.OfService service(Configuration configuration, Host host) {
        return new Doctor(configuration, host).diagnosis().services().get(0);
    }

    @Test
    void nothingIsFoundWhereEverythingWorks() {
        Diagnosis diagnosis = new Doctor(listening(Moving.STEERED, WEB), good(listener(WEB, 1000))).diagnosis();
        assertThat(diagnosis.host()).isEmpty();
        assertThat(diagnosis.services())
                .containsExactly(new Diagnosis.OfService(new ServiceName("web"), Mode.STEERED, "", true, List.of()));
    }

    @Test
    void plainIsAsConfiguredWhereItIsAskedFor() {
        Diagnosis.OfService web = service(listening(Moving.PLAIN, WEB), good());
        assertThat(web.mode()).isEqualTo(Mode.PLAIN);
        assertThat(web.asConfigured()).isTrue();
    }

    @Test
    void aServiceWithoutDeclaredListenersCannotBeSteered() {
        Diagnosis.OfService web = service(listening(Moving.STEERED), good());
        assertThat(web.mode()).isEqualTo(Mode.PLAIN);
        assertThat(web.asConfigured()).isFalse();
        assertThat(web.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.advice()).contains("listen = ["));
    }

    @Test
    void whatCannotBeHeldIsMigratedByTheKernelOrReset() {
        Configuration web = listening(Moving.STEERED, WEB);
        assertThat(service(web, without(Optional.empty(), EPERM, 1, 1)).mode()).isEqualTo(Mode.MIGRATE);
        assertThat(service(web, without(Optional.empty(), EPERM, 0, 1)).mode()).isEqualTo(Mode.PLAIN);
        assertThat(service(web, without(Optional.empty(), EPERM, 0, 1)).why()).isEqualTo(EPERM.get());
        Configuration dns = listening(Moving.STEERED, "udp://127.0.0.1:5353");
        assertThat(service(dns, without(Optional.empty(), EPERM, 1, 1)).mode())
                .as("datagrams are not migrated")
                .isEqualTo(Mode.PLAIN);
    }

    @Test
    void whoseHealthCannotBeAskedForIsTold() {
        ServiceSpec asked = SpecDraft.service("web").listen(WEB).health().spec();
        Configuration web =
                new Configuration(Path.of("/run/c.sock"), Path.of("/run"), new TreeMap<>(Map.of(asked.name(), asked)));
        assertThat(service(web, without(Optional.empty(), EPERM, 0, 1)).findings())
                .extracting(Finding::text)
                .contains("its workers can't be asked for their health, each by itself: " + EPERM.get());
        assertThat(service(web, without(Optional.empty(), Optional.empty(), 0, 1))
                        .findings())
                .isEmpty();
    }

    @Test
    void theAdviceFollowsFromWhatRestrictsTheHost() {
        Configuration web = listening(Moving.STEERED, WEB);
        assertThat(new Doctor(web, without(Optional.empty(), EPERM, 1, 2))
                        .diagnosis()
                        .host())
                .extracting(Finding::command)
                .containsExactly("sysctl kernel.yama.ptrace_scope");
        assertThat(new Doctor(web, without(Optional.empty(), EPERM, 1, 1))
                        .diagnosis()
                        .host())
                .extracting(Finding::command)
                .containsExactly("uname -r");
        assertThat(new Doctor(web, without(Optional.of("setsockopt: EINVAL"), Optional.empty(), 0, 0))
                        .diagnosis()
                        .host())
                .extracting(Finding::advice)
                .anyMatch(advice -> advice.contains("SO_ATTACH_REUSEPORT_CBPF"))
                .contains("sysctl -w net.ipv4.tcp_migrate_req=1");
    }

    @Test
    void whatKeepsBindsFromBeingInterceptedConcernsWhoAsksForThat() {
        Optional<String> obstacle = Optional.of("another seccomp notifier is in place (EBUSY)");
        assertThat(findings(ReuseportBy.INTERCEPT, obstacle)).singleElement().satisfies(finding -> {
            assertThat(finding.text()).contains("can't be started", "EBUSY");
            assertThat(finding.advice()).contains("reuseport = \"program\"");
        });
        assertThat(findings(ReuseportBy.PROGRAM, obstacle)).isEmpty();
        assertThat(findings(ReuseportBy.INTERCEPT, Optional.empty())).isEmpty();
    }

    private static List<Finding> findings(ReuseportBy reuseport, Optional<String> obstacle) {
        return new Doctor(listening(Moving.STEERED, reuseport, WEB), thatIntercepts(obstacle))
                .diagnosis()
                .services()
                .get(0)
                .findings();
    }

    @Test
    void anAddressThatAWorkerCannotOrNotAloneHaveIsFound() {
        assertThat(texts(service(listening(Moving.STEERED, "tcp://0.0.0.0:80"), good())))
                .containsExactly("tcp://0.0.0.0:80: a worker of uid 1000 may not bind a port below 1024");
        assertThat(texts(service(listening(Moving.STEERED, WEB), good(listener(WEB, 33)))))
                .containsExactly(WEB + ": uid 33 listens there; a worker of uid 1000 gets EADDRINUSE");
        assertThat(texts(service(listening(Moving.STEERED, "tcp://0.0.0.0:8080"), good(listener(WEB, 1000)))))
                .singleElement()
                .asString()
                .startsWith("tcp://0.0.0.0:8080: another socket, tcp://127.0.0.1:8080 ");
        assertThat(texts(service(
                        listening(Moving.STEERED, "tcp://[::]:8080?dual-stack"),
                        good(listener("tcp://0.0.0.0:8080", 1000)))))
                .hasSize(1);
        assertThat(texts(service(listening(Moving.STEERED, WEB), good(listener("tcp://0.0.0.0:8080", 1000)))))
                .as("a more particular address comes first")
                .isEmpty();
    }

    @Test
    void aSocketOnADeviceIsInTheWayWhoeverHasIt() {
        assertThat(texts(service(listening(Moving.STEERED, WEB), good(listener(WEB, 33, 1)))))
                .contains(WEB + ": uid 33 listens there; a worker of uid 1000 gets EADDRINUSE");
        assertThat(service(listening(Moving.STEERED, WEB), good(listener(WEB, 1000, 1)))
                        .findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.advice())
                        .isEqualTo("end that program, or let it leave out SO_BINDTODEVICE"));
    }

    @Test
    void aKernelThatFreesProgramsTooEarlyIsNamedWhereServicesAreSteered() {
        Kernel old = new Kernel("6.18.35", Verdict.YES, Verdict.NO, Optional.empty());
        assertThat(host(Moving.STEERED, with(old, 1))).singleElement().satisfies(finding -> {
            assertThat(finding.text())
                    .isEqualTo(
                            "this kernel, 6.18.35, may free a program that a packet still runs, when a handover replaces it"
                                    + " (CVE-2026-52910)");
            assertThat(finding.advice()).startsWith("Linux 6.18.36, 6.12.94, ");
        });
        assertThat(host(Moving.PLAIN, with(old, 1))).isEmpty();
        Kernel vague = new Kernel("5.14.0-503.el9", Verdict.NOT_SHOWN, Verdict.NO, Optional.empty());
        assertThat(host(Moving.STEERED, with(vague, 1)))
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.text()).startsWith("not shown: whether this kernel, 5.14.0-503.el9"));
    }

    @Test
    void aKernelWhoseMovedConnectionsWakeNobodyIsNamedAndSoIsThatItCantBeTried() {
        Kernel tried = new Kernel("6.18.1", Verdict.NO, Verdict.YES, Optional.empty());
        assertThat(host(Moving.STEERED, with(tried, 1)))
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.text()).contains("wakes nobody there", "(CVE-2026-46015): tried here"));
        assertThat(host(Moving.STEERED, with(tried, 0)))
                .singleElement()
                .satisfies(finding -> assertThat(finding.advice())
                        .startsWith("sysctl -w net.ipv4.tcp_migrate_req=1, on another kernel")
                        .endsWith("(CVE-2026-46015, tried here)"));
        Kernel untried = new Kernel("6.18.1", Verdict.NO, Verdict.NOT_SHOWN, Optional.of("unshare: EPERM"));
        assertThat(host(Moving.STEERED, with(untried, 1)))
                .singleElement()
                .satisfies(finding -> assertThat(finding.text())
                        .startsWith("not shown: whether a connection")
                        .endsWith("; it can't be tried: unshare: EPERM"));
        assertThat(host(Moving.STEERED, with(untried, 0)))
                .singleElement()
                .satisfies(finding -> assertThat(finding.advice())
                        .endsWith("not shown of this one; it can't be tried: unshare: EPERM"));
    }

    private static List<Finding> host(Moving handover, Host host) {
        return new Doctor(listening(handover, WEB), host).diagnosis().host();
    }

    private static List<String> texts(Diagnosis.OfService service) {
        return service.findings().stream().map(Finding::text).toList();
    }

    @Test
    void thisHostCanBeExamined() {
        Diagnosis diagnosis = Doctor.examine(listening(Moving.STEERED, WEB, "tcp://192.0.2.1:8080"));
        assertThat(diagnosis.services().get(0).findings())
                .extracting(Finding::text)
                .contains("tcp://192.0.2.1:8080: no interface of this host has that address");
    }
}
