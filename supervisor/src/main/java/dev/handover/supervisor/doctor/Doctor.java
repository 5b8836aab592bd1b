package dev.handover.supervisor.doctor;

import dev.handover.supervisor.linux.Account;
import dev.handover.supervisor.linux.AppendedFile;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.SocketOwners;
import dev.handover.supervisor.linux.SocketRow;
import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.LogSpec;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.ReuseportBy;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Examines this host for a configuration. */
public final class Doctor {
    private final Configuration configuration;
    private final Host host;

    Doctor(Configuration configuration, Host host) {
        this.configuration = configuration;
        this.host = host;
    }

    /** Tries what handovers need; takes some tenths of a second, and leaves nothing behind. Any thread may call it. */
    public static Diagnosis examine(Configuration configuration) {
        boolean intercepts =
                configuration.services().values().stream().anyMatch(spec -> spec.reuseport() == ReuseportBy.INTERCEPT);
        return new Doctor(configuration, Host.probe(declared(configuration), intercepts)).diagnosis();
    }

    private static List<ListenAddress> declared(Configuration configuration) {
        return configuration.services().values().stream()
                .map(ServiceSpec::listen)
                .flatMap(Collection::stream)
                .toList();
    }

    Diagnosis diagnosis() {
        return new Diagnosis(
                Stream.of(steering(), holding(), barrier(), programs(), migrating())
                        .flatMap(Optional::stream)
                        .toList(),
                host.noLowStart(),
                host.cgroups(),
                configuration.services().values().stream().map(this::service).toList());
    }

    private Optional<Finding> steering() {
        return host.noSteering()
                .map(why -> new Finding(
                        "a reuseport group can't be steered: " + why,
                        "Linux 4.6 or later, and no seccomp profile that forbids SO_ATTACH_REUSEPORT_CBPF or sock_diag",
                        "uname -r"));
    }

    private Optional<Finding> holding() {
        boolean restricted = host.ptraceScope().orElse(0) > 1;
        return host.noHolding()
                .map(why -> new Finding(
                        "a worker's listeners can't be held: " + why,
                        restricted
                                ? "sysctl -w kernel.yama.ptrace_scope=1, or give the supervisor CAP_SYS_PTRACE"
                                : "Linux 5.6 or later, and no seccomp profile that forbids pidfd_getfd",
                        restricted ? "sysctl kernel.yama.ptrace_scope" : "uname -r"));
    }

    private Optional<Finding> barrier() {
        return host.noBarrier()
                .map(why -> new Finding(
                        "a handshake that begins in the microseconds of a flip may go unseen, and be lost: " + why,
                        "Linux 4.3 or later, and no CPU without a tick (nohz_full)",
                        "cat /sys/devices/system/cpu/nohz_full"));
    }

    private Optional<Finding> programs() {
        boolean steered = configuration.services().values().stream().anyMatch(spec -> spec.handover() != Moving.PLAIN);
        return steered ? host.kernel().whereSteered() : Optional.empty();
    }

    private Optional<Finding> migrating() {
        return host.migrateReq().orElse(0) == 1
                ? host.kernel().whereMigrating()
                : Optional.of(new Finding(
                        "what waits in the queue of a worker that is killed can't move to another by itself",
                        host.migrateReq().isPresent()
                                ? "sysctl -w net.ipv4.tcp_migrate_req=1"
                                        + host.kernel().beforeMigrating()
                                : "Linux 5.14 or later has net.ipv4.tcp_migrate_req",
                        "sysctl net.ipv4.tcp_migrate_req"));
    }

    private Diagnosis.OfService service(ServiceSpec spec) {
        List<Finding> findings = new ArrayList<>();
        log(spec).ifPresent(findings::add);
        int uid = uid(spec, findings);
        findings.addAll(Interception.findings(spec, host.noIntercepting()));
        for (ListenAddress address : spec.listen()) {
            Stream.of(privileged(address, uid), foreign(address), occupied(address, uid))
                    .flatMap(Optional::stream)
                    .forEach(findings::add);
            findings.addAll(shadowed(address));
        }
        if (spec.handover() == Moving.PLAIN) {
            return new Diagnosis.OfService(spec.name(), Mode.PLAIN, "as configured", true, findings);
        }
        if (spec.listen().isEmpty()) {
            findings.add(new Finding(
                    "no listener is declared, so none can be steered",
                    "declare the addresses that its workers listen on: listen = [\"tcp://127.0.0.1:8080\"]",
                    "ss -ltnup"));
            return new Diagnosis.OfService(spec.name(), Mode.PLAIN, "no listener is declared", false, findings);
        }
        Optional<String> obstacle = host.noSteering().or(host::noHolding);
        if (obstacle.isPresent()) {
            unasked(spec, obstacle.get()).ifPresent(findings::add);
            boolean migrates = host.migrateReq().orElse(0) == 1
                    && spec.listen().stream().anyMatch(address -> address.transport() == Transport.TCP);
            Mode mode = migrates ? Mode.MIGRATE : Mode.PLAIN;
            return new Diagnosis.OfService(spec.name(), mode, obstacle.get(), false, findings);
        }
        return new Diagnosis.OfService(spec.name(), Mode.STEERED, "", true, findings);
    }

    private static Optional<Finding> unasked(ServiceSpec spec, String obstacle) {
        return spec.health()
                .map(health -> new Finding(
                        "its workers can't be asked for their health, each by itself: " + obstacle,
                        "do what steering needs; until then a reload goes on without, and says so",
                        CommandNames.CTL + " status " + spec.name()));
    }

    private static Optional<Finding> log(ServiceSpec spec) {
        return spec.settings()
                .log()
                .map(LogSpec::file)
                .flatMap(file -> AppendedFile.obstacle(file)
                        .map(obstacle -> Finding.ofLog(file, "can't be written: " + obstacle)));
    }

    /** Whom its workers are to run as. */
    private int uid(ServiceSpec spec, List<Finding> findings) {
        Optional<String> user = spec.settings().user();
        if (user.isEmpty()) {
            return host.uid();
        }
        String see = "getent passwd " + user.get();
        try {
            int uid = Account.of(user.get(), spec.settings().group()).uid();
            if (host.uid() != 0 && uid != host.uid()) {
                findings.add(new Finding(
                        "its workers can't be user '" + user.get() + "': the supervisor is uid " + host.uid()
                                + ", and only root may start other users' programs",
                        "run the supervisor as root, or leave 'user' out",
                        see));
            }
            return uid;
        } catch (IOException unknown) {
            findings.add(new Finding(Why.of(unknown), "let 'user' and 'group' name what there is", see));
            return host.uid();
        }
    }

    private Optional<Finding> privileged(ListenAddress address, int uid) {
        return uid == 0 || address.port() >= host.firstFreePort()
                ? Optional.empty()
                : Optional.of(new Finding(
                        address + ": a worker of uid " + uid + " may not bind a port below " + host.firstFreePort(),
                        "sysctl -w net.ipv4.ip_unprivileged_port_start=" + address.port()
                                + ", or CAP_NET_BIND_SERVICE for the program",
                        "sysctl net.ipv4.ip_unprivileged_port_start"));
    }

    private Optional<Finding> foreign(ListenAddress address) {
        return host.foreign().contains(address)
                ? Optional.of(new Finding(
                        address + ": no interface of this host has that address",
                        "another address, or sysctl -w net.ipv4.ip_nonlocal_bind=1",
                        "ip address"))
                : Optional.empty();
    }

    /** A group is of one user. */
    private Optional<Finding> occupied(ListenAddress address, int uid) {
        return host.listeners().stream()
                .filter(row -> address.groups().anyMatch(row::isBoundAt) && row.uid() != uid)
                .findFirst()
                .map(row -> new Finding(
                        address + ": uid " + row.uid() + " listens there; a worker of uid " + uid + " gets EADDRINUSE",
                        "end that program, or let the workers be its user's",
                        show(address)));
    }

    /** To the kernel a more particular address, or one on a device, is another group, and comes first. */
    private List<Finding> shadowed(ListenAddress address) {
        List<ListenAddress> declared = declared(configuration);
        return host.listeners().stream()
                .filter(row -> declared.stream().noneMatch(row::serves) && takesClientsOf(address, row))
                .collect(Collectors.toMap(SocketRow::address, row -> row, (first, another) -> first, TreeMap::new))
                .values()
                .stream()
                .map(row -> new Finding(
                        address + ": another socket, " + row + ", gets a part of its clients" + owner(row),
                        "end that program, or "
                                + (row.isOnADeviceAt(address)
                                        ? "let it leave out SO_BINDTODEVICE"
                                        : "declare its address"),
                        show(address)))
                .toList();
    }

    private static String owner(SocketRow row) {
        return Optional.ofNullable(SocketOwners.of(List.of(row.inode())).get(row.inode()))
                .map(pid -> ": it is that of pid " + pid + ", " + Processes.commandLine(pid))
                .orElse("");
    }

    private static boolean takesClientsOf(ListenAddress address, SocketRow row) {
        return address.groups().anyMatch(row::takesClientsOf);
    }

    private static String show(ListenAddress address) {
        return (address.transport() == Transport.TCP ? "ss -ltnp" : "ss -lunp") + " 'sport = :" + address.port() + "'";
    }
}
