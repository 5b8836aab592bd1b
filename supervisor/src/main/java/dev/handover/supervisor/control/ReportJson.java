package dev.handover.supervisor.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.handover.supervisor.terms.CanaryStatus;
import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.DrainReport;
import dev.handover.supervisor.terms.Exposure;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.HealthStatus;
import dev.handover.supervisor.terms.HoldStatus;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.LogStanding;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.OpenConnection;
import dev.handover.supervisor.terms.PastReload;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.Difference;
import dev.handover.supervisor.terms.Report.GenerationStatus;
import dev.handover.supervisor.terms.Report.PhaseReport;
import dev.handover.supervisor.terms.Report.Progress;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.Report.ServiceStatus;
import dev.handover.supervisor.terms.Report.WorkerStatus;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SteeringStatus;
import dev.handover.supervisor.terms.UpgradeReport;
import dev.handover.supervisor.terms.Usage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The core's reports as {@code docs/control.md} shows them. What is not known is left out. */
final class ReportJson {
    /** Of a worker: it has addresses of clients. */
    static final String OLDEST = "oldest";

    private ReportJson() {}

    static JsonObject service(
            ServiceStatus status,
            @Nullable SteeringStatus steering,
            @Nullable LogStanding log,
            Map<GenerationId, Usage> usage) {
        JsonObject json = new JsonObject();
        json.addProperty("service", status.service().value());
        json.addProperty("state", Wire.name(status.state()));
        status.since().ifPresent(since -> json.addProperty("since", since.toString()));
        if (!status.reason().isEmpty()) {
            json.addProperty("reason", status.reason());
        }
        addTexts("last_lines", status.lastLines(), json);
        status.lastReload().ifPresent(reload -> json.add("last_reload", lastReload(reload)));
        status.serving().ifPresent(serving -> json.addProperty("serving", serving.number()));
        if (steering != null) {
            json.add("steering", steering(steering));
        } else if (status.handover().filter(Moving.PLAIN::equals).isPresent()) {
            json.add(
                    "steering",
                    steering(new SteeringStatus(Ledger.Mode.PLAIN, "as configured", Optional.empty(), List.of())));
        }
        if (log != null) {
            json.add("log", log(log));
        }
        status.waiting().ifPresent(why -> json.addProperty("reload_waits", why));
        status.hold().ifPresent(hold -> json.add("hold", hold(hold)));
        JsonArray generations = new JsonArray();
        status.generations().forEach(generation -> generations.add(generation(generation, usage.get(generation.id()))));
        json.add("generations", generations);
        return json;
    }

    private static JsonObject hold(HoldStatus hold) {
        JsonObject json = new JsonObject();
        json.addProperty("since", hold.since().toString());
        json.addProperty("until", hold.until().toString());
        json.addProperty("by", hold.by());
        return json;
    }

    private static JsonObject log(LogStanding log) {
        JsonObject json = new JsonObject();
        json.addProperty("file", log.file().toString());
        log.trouble().ifPresent(trouble -> json.addProperty("trouble", trouble));
        return json;
    }

    private static JsonObject lastReload(LastReload reload) {
        JsonObject json = new JsonObject();
        json.addProperty("at", reload.at().toString());
        json.addProperty("outcome", Wire.name(reload.outcome()));
        reload.to().ifPresent(to -> json.addProperty("to", to.number()));
        json.addProperty("reason", reload.reason());
        addTexts("last_lines", reload.lastLines(), json);
        reload.verdict().ifPresent(verdict -> json.addProperty("verdict", verdict));
        return json;
    }

    /**
     * What the configuration file says, beside what runs.
     *
     * @param problem why it can't be used; empty where it can
     */
    static JsonObject configuration(Path file, Optional<Difference> difference, Optional<String> problem) {
        JsonObject json = new JsonObject();
        json.addProperty("file", file.toString());
        difference.ifPresent(differs -> {
            addNames("changed", differs.changed(), json);
            addNames("added", differs.added(), json);
            addNames("removed", differs.removed(), json);
            addWorkers(differs.workers(), json);
        });
        problem.ifPresent(text -> json.addProperty("problem", text));
        return json;
    }

    private static void addWorkers(List<Difference.Workers> differing, JsonObject to) {
        if (!differing.isEmpty()) {
            JsonArray all = new JsonArray();
            for (Difference.Workers workers : differing) {
                JsonObject one = new JsonObject();
                one.addProperty("service", workers.service().value());
                one.addProperty("running", workers.running());
                one.addProperty("file", workers.file());
                all.add(one);
            }
            to.add("workers", all);
        }
    }

    private static void addNames(String name, List<ServiceName> services, JsonObject to) {
        addTexts(name, services.stream().map(ServiceName::value).toList(), to);
    }

    private static JsonObject steering(SteeringStatus status) {
        JsonObject json = new JsonObject();
        json.addProperty("mode", Wire.name(status.mode()));
        if (!status.why().isEmpty()) {
            json.addProperty("why", status.why());
        }
        status.split().ifPresent(split -> json.add("canary", SplitJson.of(split)));
        JsonArray groups = new JsonArray();
        for (SteeringStatus.Group group : status.groups()) {
            JsonArray members = new JsonArray();
            group.members().forEach(member -> members.add(member(member)));
            JsonObject one = new JsonObject();
            one.addProperty("address", group.address().toString());
            one.add("members", members);
            if (!group.rivals().isEmpty()) {
                JsonArray rivals = new JsonArray();
                group.rivals().forEach(rival -> rivals.add(rival(rival)));
                one.add("rivals", rivals);
            }
            groups.add(one);
        }
        json.add("groups", groups);
        return json;
    }

    private static JsonObject rival(SteeringStatus.Rival rival) {
        JsonObject json = new JsonObject();
        json.addProperty("address", rival.address());
        rival.pid().ifPresent(pid -> json.addProperty("pid", pid));
        if (!rival.command().isEmpty()) {
            json.addProperty("command", rival.command());
        }
        return json;
    }

    private static JsonObject member(SteeringStatus.Member member) {
        JsonObject json = new JsonObject();
        json.addProperty("role", Wire.name(member.role()));
        member.worker().ifPresent(worker -> {
            json.addProperty("generation", worker.generation().number());
            json.addProperty("worker", worker.index());
        });
        member.pid().ifPresent(pid -> json.addProperty("pid", pid));
        if (!member.command().isEmpty()) {
            json.addProperty("command", member.command());
        }
        if (member.waiting() > 0) {
            json.addProperty("waiting", member.waiting());
        }
        return json;
    }

    private static JsonObject generation(GenerationStatus status, @Nullable Usage usage) {
        JsonObject json = new JsonObject();
        json.addProperty("generation", status.id().number());
        json.addProperty("state", Wire.name(status.state()));
        json.addProperty("in_state_ms", status.inState().toMillis());
        status.standby().ifPresent(left -> json.addProperty("standby_left_ms", left.toMillis()));
        if (usage != null) {
            json.add("usage", usage(usage));
        }
        status.canary().ifPresent(canary -> json.add("canary", canary(canary)));
        JsonArray workers = new JsonArray();
        status.workers().forEach(worker -> workers.add(worker(worker)));
        json.add("workers", workers);
        return json;
    }

    static JsonObject history(Reply.History.OfService past) {
        JsonObject json = new JsonObject();
        json.addProperty("service", past.service().value());
        past.serving().ifPresent(serving -> json.addProperty("serving", serving.number()));
        JsonArray reloads = new JsonArray();
        for (PastReload reload : past.reloads()) {
            JsonObject one = new JsonObject();
            one.addProperty("generation", reload.generation().number());
            one.addProperty("at", reload.at().toString());
            one.addProperty("outcome", Wire.name(reload.outcome()));
            one.addProperty("reason", reload.reason());
            past.configuration().ifPresent(now -> one.addProperty("same_configuration", now.equals(reload.spec())));
            reloads.add(one);
        }
        json.add("reloads", reloads);
        return json;
    }

    private static JsonObject canary(CanaryStatus canary) {
        JsonObject json = new JsonObject();
        json.addProperty("share", canary.share().toString());
        json.addProperty("step", canary.step());
        json.addProperty("steps", canary.steps());
        canary.left().ifPresent(left -> json.addProperty("left_ms", left.toMillis()));
        return json;
    }

    private static JsonObject usage(Usage usage) {
        JsonObject json = new JsonObject();
        json.addProperty("cpu_ms", usage.cpu().toMillis());
        usage.memory().ifPresent(bytes -> json.addProperty("memory_bytes", bytes));
        usage.peak().ifPresent(bytes -> json.addProperty("memory_peak_bytes", bytes));
        json.addProperty("tasks", usage.tasks());
        usage.oomKills().ifPresent(kills -> json.addProperty("oom_kills", kills));
        return json;
    }

    private static JsonObject worker(WorkerStatus status) {
        JsonObject json = new JsonObject();
        json.addProperty("worker", status.id().index());
        json.addProperty("state", Wire.name(status.state()));
        status.pid().ifPresent(pid -> json.addProperty("pid", pid));
        json.addProperty("in_state_ms", status.inState().toMillis());
        json.addProperty("restarts", status.restarts());
        status.lastExit().ifPresent(exit -> json.addProperty("last_exit", exit));
        status.startsIn().ifPresent(wait -> json.addProperty("starts_in_ms", wait.toMillis()));
        status.connections().ifPresent(count -> json.addProperty("connections", count));
        if (!status.extended().isZero()) {
            json.addProperty("extended_ms", status.extended().toMillis());
        }
        if (!status.text().isEmpty()) {
            json.addProperty("text", status.text());
        }
        status.health().ifPresent(health -> json.add("health", health(health)));
        if (!status.oldest().isEmpty()) {
            json.add(OLDEST, oldest(status.oldest()));
        }
        return json;
    }

    private static JsonArray oldest(List<OpenConnection> connections) {
        JsonArray all = new JsonArray();
        for (OpenConnection connection : connections) {
            JsonObject one = new JsonObject();
            one.addProperty("peer", connection.peerText());
            one.addProperty("open_at_least_ms", connection.atLeast().toMillis());
            all.add(one);
        }
        return all;
    }

    private static JsonObject health(HealthStatus health) {
        JsonObject json = new JsonObject();
        json.addProperty("state", Wire.name(health.state()));
        json.addProperty("since", health.since().toString());
        if (!health.why().isEmpty()) {
            json.addProperty("why", health.why());
        }
        json.addProperty("set_aside", health.aside());
        return json;
    }

    static JsonObject reload(ReloadReport report) {
        JsonObject json = new JsonObject();
        json.addProperty("service", report.service().value());
        report.from().ifPresent(from -> json.addProperty("from", from.number()));
        report.to().ifPresent(to -> json.addProperty("to", to.number()));
        json.addProperty("outcome", Wire.name(report.outcome()));
        json.addProperty("reason", report.reason());
        addTexts("last_lines", report.lastLines(), json);
        JsonArray phases = new JsonArray();
        report.phases().forEach(phase -> phases.add(phase(phase)));
        json.add("phases", phases);
        report.drain().ifPresent(drain -> json.add("drain", drain(drain)));
        report.ledger().ifPresent(ledger -> json.add("ledger", ledger(ledger)));
        addTexts(
                "unserved",
                report.unserved().stream().map(gap -> gap.address().toString()).toList(),
                json);
        addTexts(
                "still_served",
                report.unserved().stream()
                        .flatMap(gap -> gap.remaining().stream())
                        .map(ListenAddress::toString)
                        .distinct()
                        .toList(),
                json);
        report.standby().ifPresent(left -> json.addProperty("standby_ms", left.toMillis()));
        report.successor().ifPresent(serving -> json.addProperty("succeeded_by", serving.number()));
        report.exposure().ifPresent(exposure -> json.add("rolled_back", exposure(exposure)));
        return json;
    }

    private static JsonObject exposure(Exposure exposure) {
        JsonObject json = new JsonObject();
        json.addProperty("served_ms", exposure.served().toMillis());
        exposure.held().ifPresent(held -> json.addProperty("held", held));
        if (exposure.canary()) {
            json.addProperty("canary", true);
        }
        exposure.met().ifPresent(met -> {
            json.addProperty("connections", met.connections());
            json.addProperty("clients", met.clients());
            JsonArray first = new JsonArray();
            met.first().forEach(first::add);
            json.add("first_clients", first);
            if (!met.unseen().isEmpty()) {
                json.addProperty("unseen", met.unseen());
            }
        });
        json.addProperty("text", exposure.toString());
        return json;
    }

    static JsonObject drain(DrainReport report) {
        DrainAccount account = report.account();
        JsonObject json = new JsonObject();
        json.addProperty("finished", account.finished());
        json.addProperty("closed_while_idle", account.idle());
        json.addProperty("cut", account.cut());
        json.addProperty("not_seen", account.unseen());
        json.addProperty("left_by_client", account.left());
        json.addProperty("handed_on", account.handedOn());
        addTexts("doubts", account.doubts(), json);
        report.said().ifPresent(said -> {
            JsonObject words = new JsonObject();
            words.addProperty("open", said.open());
            words.addProperty("left", said.left());
            json.add("said", words);
        });
        addTexts("advice", report.advice(), json);
        return json;
    }

    private static void addTexts(String name, List<String> texts, JsonObject to) {
        if (!texts.isEmpty()) {
            JsonArray array = new JsonArray();
            texts.forEach(array::add);
            to.add(name, array);
        }
    }

    private static JsonObject ledger(Ledger ledger) {
        JsonObject json = new JsonObject();
        json.addProperty("mode", Wire.name(ledger.mode()));
        json.addProperty("lossless", ledger.isLossless());
        json.addProperty("verdict", ledger.verdict());
        if (!ledger.why().isEmpty()) {
            json.addProperty("why", ledger.why());
        }
        JsonArray groups = new JsonArray();
        ledger.groups().forEach(group -> groups.add(group(group)));
        json.add("groups", groups);
        JsonObject counters = new JsonObject();
        counters.addProperty("listen_overflows", ledger.counters().listenOverflows());
        counters.addProperty("listen_drops", ledger.counters().listenDrops());
        counters.addProperty("migrate_success", ledger.counters().migrateSuccess());
        counters.addProperty("migrate_failure", ledger.counters().migrateFailure());
        json.add("counters", counters);
        addTexts("caveats", ledger.caveats(), json);
        return json;
    }

    private static JsonObject group(Ledger.Group group) {
        JsonObject json = new JsonObject();
        json.addProperty("address", group.address().toString());
        json.addProperty("queues", group.queues());
        if (group.address().transport() == ListenAddress.Transport.UDP) {
            json.addProperty("queue_memory_longest", group.longestQueue());
            json.addProperty("queue_memory_at_release", group.leftAtRelease());
        } else {
            json.addProperty("handshakes", group.handshakes());
            json.addProperty("longest_queue", group.longestQueue());
            json.addProperty("accepted_after_flip", group.acceptedAfterFlip());
            json.addProperty("handshakes_left", group.handshakesLeft());
            json.addProperty("left_at_release", group.leftAtRelease());
        }
        json.addProperty("dropped", group.dropped());
        if (group.tagged() > 0) {
            json.addProperty("tagged", group.tagged());
            json.addProperty("read_from", group.readFrom());
        }
        json.addProperty("programs", group.programs());
        return json;
    }

    private static JsonObject phase(PhaseReport report) {
        JsonObject json = new JsonObject();
        json.addProperty("phase", Wire.name(report.phase()));
        addHow(report, json);
        return json;
    }

    private static void addHow(PhaseReport ended, JsonObject json) {
        json.addProperty("took_ms", ended.took().toMillis());
        json.addProperty("took_us", TimeUnit.NANOSECONDS.toMicros(ended.took().toNanos()));
        json.addProperty("end", Wire.name(ended.end()));
    }

    /** One that begins now. */
    static JsonObject upgrade(Request.Upgrade upgrade) {
        JsonObject json = new JsonObject();
        json.addProperty("id", upgrade.id());
        json.addProperty("from", upgrade.from());
        json.addProperty("to", upgrade.to());
        return json;
    }

    /** One that is over. */
    static JsonObject upgrade(UpgradeReport report) {
        JsonObject json = upgrade(report.upgrade());
        json.addProperty("outcome", report.failure().isEmpty() ? "completed" : "went-back");
        report.failure().ifPresent(why -> json.addProperty("reason", why));
        json.addProperty("without_ms", report.without().toMillis());
        json.addProperty("workers", report.workers());
        json.addProperty("services", report.services());
        return json;
    }

    static JsonObject progress(Progress progress) {
        JsonObject json = new JsonObject();
        json.addProperty("service", progress.service().value());
        json.addProperty("generation", progress.generation().number());
        json.addProperty("phase", Wire.name(progress.phase()));
        json.addProperty("state", progress.ended().isPresent() ? "ended" : "began");
        progress.ended().ifPresent(ended -> addHow(ended, json));
        json.addProperty("text", progress.text());
        return json;
    }
}
