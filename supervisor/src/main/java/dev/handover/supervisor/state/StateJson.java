package dev.handover.supervisor.state;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.Memory.Stopped;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ReadyWhen;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
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
        return json;
    }

    static Memory read(Fields json) throws UnreadableState {
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
        try {
            return new Memory(newest, generations, stopped, reloads);
        } catch (IllegalArgumentException contradictory) {
            throw new UnreadableState(String.valueOf(contradictory.getMessage()));
        }
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
        json.addProperty("state", generation.state().name());
        json.add("processes", processes);
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
                json.read("state", GenerationState::valueOf),
                processes);
    }

    private static int index(String key) throws UnreadableState {
        try {
            return Integer.parseInt(key);
        } catch (NumberFormatException noNumber) {
            throw new UnreadableState("processes: expected a worker's number, not '" + key + "'");
        }
    }

    private static ServiceName service(String name) throws UnreadableState {
        try {
            return new ServiceName(name);
        } catch (IllegalArgumentException bad) {
            throw new UnreadableState(String.valueOf(bad.getMessage()));
        }
    }

    private static GenerationId generation(Fields json, String key) throws UnreadableState {
        try {
            return new GenerationId(Math.toIntExact(json.number(key)));
        } catch (IllegalArgumentException | ArithmeticException bad) {
            throw new UnreadableState(key + ": " + bad.getMessage());
        }
    }

    private static JsonObject write(ServiceSpec spec) {
        JsonObject environment = new JsonObject();
        spec.environment().forEach(environment::addProperty);
        JsonObject json = new JsonObject();
        json.addProperty("name", spec.name().value());
        json.add("command", strings(spec.command()));
        json.addProperty("directory", spec.directory().toString());
        json.add("environment", environment);
        json.add(
                "listen",
                strings(spec.listen().stream().map(ListenAddress::toString).toList()));
        json.addProperty("workers", spec.workers());
        json.addProperty("ready", spec.ready().name());
        json.addProperty("readyTimeout", spec.readyTimeout().toString());
        json.addProperty("drain", spec.drain().toString());
        json.addProperty("stopSignal", spec.stopSignal().name());
        json.addProperty("handover", spec.handover().name());
        json.addProperty("quiesceTimeout", spec.quiesceTimeout().toString());
        json.addProperty("drainTimeout", spec.drainTimeout().toString());
        json.addProperty("killGrace", spec.killGrace().toString());
        spec.heartbeatTimeout().ifPresent(timeout -> json.addProperty("heartbeatTimeout", timeout.toString()));
        return json;
    }

    private static ServiceSpec readSpec(Fields json) throws UnreadableState {
        List<ListenAddress> listen = new ArrayList<>();
        for (String address : json.texts("listen")) {
            try {
                listen.add(ListenAddress.parse(address));
            } catch (IllegalArgumentException bad) {
                throw new UnreadableState("listen: " + bad.getMessage());
            }
        }
        return new ServiceSpec(
                service(json.text("name")),
                json.texts("command"),
                json.read("directory", Path::of),
                json.textsByKey("environment"),
                listen,
                Math.toIntExact(json.number("workers")),
                json.read("ready", ReadyWhen::valueOf),
                json.read("readyTimeout", Duration::parse),
                json.read("drain", StateJson::drain),
                json.read("stopSignal", Signal::valueOf),
                json.read("handover", Moving::valueOf),
                json.read("quiesceTimeout", Duration::parse),
                json.read("drainTimeout", Duration::parse),
                json.read("killGrace", Duration::parse),
                json.optional("heartbeatTimeout", Duration::parse));
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
