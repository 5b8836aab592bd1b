package dev.handover.supervisor.state;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.EnvironmentFile;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Memory.GivenUp;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.Memory.Stopped;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.OneShot;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.QuicSpec;
import dev.handover.supervisor.terms.ReadyWhen;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.ReuseportBy;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SignalsTo;
import dev.handover.supervisor.terms.WarmUpSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The state file's form. A key that comes later has a default, so that the file of an earlier version can be read; where that
 * is not enough, {@link #VERSION} is raised.
 */
final class StateJson {
    /** Of what is written. Files of version 0 say none: they were written before there was one. */
    static final int VERSION = 1;

    private StateJson() {}

    static JsonObject write(Memory memory) {
        JsonObject newest = new JsonObject();
        memory.newest().forEach((name, id) -> newest.addProperty(name.value(), id.number()));
        JsonArray generations = new JsonArray();
        memory.generations().forEach(generation -> generations.add(write(generation)));
        JsonObject json = new JsonObject();
        json.add("newest", newest);
        json.add("generations", generations);
        json.add(
                "stopped",
                strings(memory.stopped().keySet().stream()
                        .map(ServiceName::value)
                        .toList()));
        JsonObject stops = new JsonObject();
        memory.stopped().forEach((name, stopped) -> stops.add(name.value(), write(stopped)));
        json.add("stops", stops);
        JsonObject reloads = new JsonObject();
        memory.reloads().forEach((name, reload) -> reloads.add(name.value(), write(reload)));
        json.add("reloads", reloads);
        JsonObject givenUp = new JsonObject();
        memory.givenUp().forEach((name, how) -> givenUp.add(name.value(), write(how)));
        json.add("givenUp", givenUp);
        json.add("history", PastJson.write(memory.history()));
        json.add("totals", TotalsJson.write(memory.totals()));
        return json;
    }

    static Memory read(Fields json) throws UnreadableState {
        try {
            return readAll(json);
        } catch (IllegalArgumentException contradictory) {
            throw new UnreadableState(String.valueOf(contradictory.getMessage()));
        }
    }

    private static Memory readAll(Fields json) throws UnreadableState {
        TreeMap<ServiceName, GenerationId> newest = new TreeMap<>();
        Fields numbers = json.table("newest");
        for (String name : numbers.keys()) {
            newest.put(service(name), generation(numbers, name));
        }
        List<Remembered> generations = new ArrayList<>();
        for (Fields one : json.rows("generations")) {
            generations.add(readGeneration(one));
        }
        TreeMap<ServiceName, Stopped> stopped = new TreeMap<>();
        Fields stops = json.table("stops");
        for (String name : json.texts("stopped")) {
            stopped.put(service(name), readStopped(stops.table(name)));
        }
        TreeMap<ServiceName, LastReload> reloads = new TreeMap<>();
        for (Map.Entry<String, Fields> reload : json.tables("reloads").entrySet()) {
            reloads.put(service(reload.getKey()), readReload(reload.getValue()));
        }
        TreeMap<ServiceName, GivenUp> givenUp = new TreeMap<>();
        for (Map.Entry<String, Fields> one : json.tables("givenUp").entrySet()) {
            givenUp.put(service(one.getKey()), readGivenUp(one.getValue()));
        }
        return new Memory(newest, generations, stopped, reloads, givenUp, PastJson.read(json), TotalsJson.read(json));
    }

    private static JsonObject write(Stopped stopped) {
        JsonObject json = new JsonObject();
        stopped.at().ifPresent(at -> json.addProperty("at", at.toString()));
        json.addProperty("by", stopped.by());
        return json;
    }

    private static Stopped readStopped(Fields json) throws UnreadableState {
        return new Stopped(json.optional("at", Instant::parse), json.read("by", by -> by, ""));
    }

    private static JsonObject write(GivenUp how) {
        JsonObject json = new JsonObject();
        json.addProperty("at", how.at().toString());
        json.addProperty("reason", how.reason());
        json.add("lastLines", strings(how.lastLines()));
        return json;
    }

    private static GivenUp readGivenUp(Fields json) throws UnreadableState {
        return new GivenUp(json.read("at", Instant::parse), json.text("reason"), json.texts("lastLines"));
    }

    private static JsonObject write(LastReload reload) {
        JsonObject json = new JsonObject();
        json.addProperty("at", reload.at().toString());
        reload.to().ifPresent(to -> json.addProperty("to", to.number()));
        json.addProperty("outcome", reload.outcome().name());
        json.addProperty("reason", reload.reason());
        json.add("lastLines", strings(reload.lastLines()));
        reload.verdict().ifPresent(verdict -> json.addProperty("verdict", verdict));
        return json;
    }

    private static LastReload readReload(Fields json) throws UnreadableState {
        return new LastReload(
                json.read("at", Instant::parse),
                json.has("to") ? Optional.of(generation(json, "to")) : Optional.empty(),
                json.read("outcome", ReloadOutcome::valueOf),
                json.text("reason"),
                json.texts("lastLines"),
                json.optional("verdict", verdict -> verdict));
    }

    private static JsonObject write(Remembered generation) {
        JsonObject processes = new JsonObject();
        generation.processes().forEach((index, process) -> {
            JsonObject one = new JsonObject();
            one.addProperty("pid", process.pid());
            one.addProperty("startTicks", process.startTicks());
            processes.add(index.toString(), one);
        });
        JsonObject json = new JsonObject();
        json.addProperty("id", generation.id().number());
        boolean standsBy = generation.state() == GenerationState.STANDBY;
        boolean canary = generation.state() == GenerationState.CANARY;
        // An earlier version knows of no standby and no canary, and has it drain.
        json.addProperty("state", (standsBy || canary ? GenerationState.QUIESCING : generation.state()).name());
        json.addProperty("standsBy", standsBy);
        json.addProperty("canary", canary);
        json.add("processes", processes);
        json.addProperty("owesAfterFlip", generation.owesAfterFlip());
        json.add("spec", write(generation.spec()));
        return json;
    }

    private static Remembered readGeneration(Fields json) throws UnreadableState {
        Map<Integer, ProcessId> processes = new TreeMap<>();
        for (Map.Entry<String, Fields> process : json.tables("processes").entrySet()) {
            Fields one = process.getValue();
            processes.put(index(process.getKey()), new ProcessId(one.number("pid"), one.number("startTicks")));
        }
        return new Remembered(
                readSpec(json.table("spec")),
                generation(json, "id"),
                state(json),
                processes,
                json.has("owesAfterFlip") && json.flag("owesAfterFlip"));
    }

    private static GenerationState state(Fields json) throws UnreadableState {
        if (json.has("standsBy") && json.flag("standsBy")) {
            return GenerationState.STANDBY;
        }
        return json.has("canary") && json.flag("canary")
                ? GenerationState.CANARY
                : json.read("state", GenerationState::valueOf);
    }

    private static int index(String key) throws UnreadableState {
        try {
            return Integer.parseInt(key);
        } catch (NumberFormatException noNumber) {
            throw new UnreadableState("processes: expected a worker's number, not '" + key + "'");
        }
    }

    static ServiceName service(String name) throws UnreadableState {
        try {
            return new ServiceName(name);
        } catch (IllegalArgumentException bad) {
            throw new UnreadableState(String.valueOf(bad.getMessage()));
        }
    }

    static GenerationId generation(Fields json, String key) throws UnreadableState {
        try {
            return new GenerationId(json.integer(key));
        } catch (IllegalArgumentException bad) {
            throw new UnreadableState(key + ": " + bad.getMessage());
        }
    }

    static JsonObject write(ServiceSpec spec) {
        JsonObject environment = new JsonObject();
        spec.environment().forEach(environment::addProperty);
        JsonObject json = new JsonObject();
        json.addProperty("name", spec.name().value());
        json.addProperty("autostart", spec.autostart());
        json.add("after", strings(spec.after().stream().map(ServiceName::value).toList()));
        json.add("command", strings(spec.command()));
        json.addProperty("directory", spec.directory().toString());
        json.add("environmentFiles", environmentFiles(spec));
        json.add("environment", environment);
        json.add("settings", SettingsJson.write(spec.settings()));
        json.add(
                "listen",
                strings(spec.listen().stream().map(ListenAddress::toString).toList()));
        json.addProperty("reuseport", spec.reuseport().name());
        json.addProperty("workers", spec.workers());
        json.addProperty("ready", spec.ready().name());
        json.addProperty("readyTimeout", spec.readyTimeout().toString());
        json.addProperty("drain", spec.drain().toString());
        json.addProperty("stopSignal", spec.stopSignal().name());
        json.addProperty("signalsTo", spec.signalsTo().name());
        json.addProperty("handover", spec.handover().name());
        json.addProperty("quiesceTimeout", spec.quiesceTimeout().toString());
        spec.standby().ifPresent(time -> json.addProperty("standby", time.toString()));
        json.addProperty("maxGenerations", spec.maxGenerations());
        spec.drainSpread().ifPresent(time -> json.addProperty("drainSpread", time.toString()));
        spec.canary().ifPresent(canary -> json.add("canary", CanaryJson.write(canary)));
        json.addProperty("drainTimeout", spec.drainTimeout().toString());
        json.addProperty("killGrace", spec.killGrace().toString());
        spec.heartbeatTimeout().ifPresent(timeout -> json.addProperty("heartbeatTimeout", timeout.toString()));
        spec.warmUp().ifPresent(warmUp -> json.add("warmUp", write(warmUp)));
        spec.health().ifPresent(health -> json.add("health", HealthJson.write(health)));
        json.add("restart", RestartJson.write(spec.restart()));
        spec.quic().ifPresent(quic -> json.add("quic", write(quic)));
        spec.beforeStart().ifPresent(command -> json.add("beforeStart", write(command)));
        spec.afterFlip().ifPresent(command -> json.add("afterFlip", write(command)));
        return json;
    }

    private static JsonObject write(WarmUpSpec warmUp) {
        JsonObject json = new JsonObject();
        json.addProperty("tls", warmUp.tls());
        json.addProperty("path", warmUp.path());
        json.addProperty("requests", warmUp.requests());
        json.addProperty("concurrency", warmUp.concurrency());
        json.addProperty("timeout", warmUp.timeout().toString());
        return json;
    }

    private static JsonObject write(QuicSpec quic) {
        JsonObject json = new JsonObject();
        json.addProperty("tagOffset", quic.tagOffset());
        json.addProperty("quiet", quic.quiet().toString());
        return json;
    }

    private static Optional<QuicSpec> readQuic(Fields spec) throws UnreadableState {
        if (!spec.has("quic")) {
            return Optional.empty();
        }
        Fields json = spec.table("quic");
        return Optional.of(new QuicSpec(json.integer("tagOffset"), json.read("quiet", Duration::parse)));
    }

    private static Optional<WarmUpSpec> readWarmUp(Fields spec) throws UnreadableState {
        if (!spec.has("warmUp")) {
            return Optional.empty();
        }
        Fields json = spec.table("warmUp");
        return Optional.of(new WarmUpSpec(
                json.flag("tls"),
                json.text("path"),
                json.integer("requests"),
                json.integer("concurrency"),
                json.read("timeout", Duration::parse)));
    }

    private static JsonObject write(OneShot command) {
        JsonObject json = new JsonObject();
        json.add("command", strings(command.command()));
        json.addProperty("timeout", command.timeout().toString());
        return json;
    }

    private static Optional<OneShot> readOneShot(Fields spec, String key) throws UnreadableState {
        if (!spec.has(key)) {
            return Optional.empty();
        }
        Fields json = spec.table(key);
        List<String> words = json.texts("command");
        if (words.isEmpty()) {
            throw new UnreadableState(key + ".command: expected a program and its arguments");
        }
        return Optional.of(new OneShot(words, json.read("timeout", Duration::parse)));
    }

    static ServiceSpec readSpec(Fields json) throws UnreadableState {
        List<ListenAddress> listen = new ArrayList<>();
        for (String address : json.texts("listen")) {
            try {
                listen.add(ListenAddress.parse(address));
            } catch (IllegalArgumentException bad) {
                throw new UnreadableState("listen: " + bad.getMessage());
            }
        }
        List<ServiceName> after = new ArrayList<>();
        for (String name : json.texts("after")) {
            after.add(service(name));
        }
        return new ServiceSpec(
                service(json.text("name")),
                !json.has("autostart") || json.flag("autostart"),
                after,
                json.texts("command"),
                json.read("directory", Path::of),
                environmentFiles(json),
                json.textsByKey("environment"),
                SettingsJson.read(json.table("settings")),
                listen,
                json.read("reuseport", ReuseportBy::valueOf, ReuseportBy.PROGRAM),
                json.integer("workers"),
                json.read("ready", ReadyWhen::valueOf),
                json.read("readyTimeout", Duration::parse),
                json.read("drain", StateJson::drain),
                json.read("stopSignal", Signal::named),
                json.read("signalsTo", SignalsTo::valueOf, SignalsTo.MAIN),
                json.read("handover", Moving::valueOf),
                json.read("quiesceTimeout", Duration::parse),
                json.optional("standby", Duration::parse),
                CanaryJson.read(json),
                (int) json.number("maxGenerations", ServiceSpec.FEWEST_GENERATIONS),
                json.optional("drainSpread", Duration::parse),
                json.read("drainTimeout", Duration::parse),
                json.read("killGrace", Duration::parse),
                json.optional("heartbeatTimeout", Duration::parse),
                readWarmUp(json),
                HealthJson.read(json),
                RestartJson.read(json.table("restart")),
                readQuic(json),
                readOneShot(json, "beforeStart"),
                readOneShot(json, "afterFlip"));
    }

    private static JsonArray environmentFiles(ServiceSpec spec) {
        JsonArray rows = new JsonArray();
        spec.environmentFiles().forEach(file -> {
            JsonObject variables = new JsonObject();
            file.variables().forEach(variables::addProperty);
            JsonObject row = new JsonObject();
            row.addProperty("file", file.file().toString());
            row.add("variables", variables);
            file.trouble().ifPresent(trouble -> row.addProperty("trouble", trouble));
            rows.add(row);
        });
        return rows;
    }

    private static List<EnvironmentFile> environmentFiles(Fields json) throws UnreadableState {
        List<EnvironmentFile> files = new ArrayList<>();
        for (Fields row : json.rows("environmentFiles")) {
            Path file = row.read("file", Path::of);
            Optional<String> trouble = row.optional("trouble", text -> text);
            files.add(
                    trouble.isPresent()
                            ? EnvironmentFile.unusable(file, trouble.get())
                            : EnvironmentFile.of(file, row.textsByKey("variables")));
        }
        return files;
    }

    private static DrainBy drain(String name) {
        DrainBy drain = DrainBy.all().get(name);
        if (drain == null) {
            throw new IllegalArgumentException("no worker is drained so");
        }
        return drain;
    }

    private static JsonArray strings(List<String> strings) {
        JsonArray array = new JsonArray();
        strings.forEach(array::add);
        return array;
    }
}
