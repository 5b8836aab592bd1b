package dev.handover.supervisor.daemon;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ReadyWhen;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** The state file's form. */
final class MemoryJson {
    private MemoryJson() {}

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
                strings(memory.stopped().stream().map(ServiceName::value).toList()));
        return json;
    }

    static Memory read(JsonObject json) {
        TreeMap<ServiceName, GenerationId> newest = new TreeMap<>();
        json.getAsJsonObject("newest")
                .asMap()
                .forEach((name, id) -> newest.put(new ServiceName(name), new GenerationId(id.getAsInt())));
        List<Remembered> generations = new ArrayList<>();
        json.getAsJsonArray("generations").forEach(one -> generations.add(readGeneration(one.getAsJsonObject())));
        List<ServiceName> stopped = strings(json.getAsJsonArray("stopped")).stream()
                .map(ServiceName::new)
                .toList();
        return new Memory(newest, generations, stopped);
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

    private static Remembered readGeneration(JsonObject json) {
        Map<Integer, ProcessId> processes = new TreeMap<>();
        json.getAsJsonObject("processes").asMap().forEach((index, process) -> {
            JsonObject one = process.getAsJsonObject();
            processes.put(
                    Integer.parseInt(index),
                    new ProcessId(
                            one.get("pid").getAsLong(), one.get("startTicks").getAsLong()));
        });
        return new Remembered(
                readSpec(json.getAsJsonObject("spec")),
                new GenerationId(json.get("id").getAsInt()),
                GenerationState.valueOf(json.get("state").getAsString()),
                processes);
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

    private static ServiceSpec readSpec(JsonObject json) {
        Map<String, String> environment = new LinkedHashMap<>();
        json.getAsJsonObject("environment")
                .asMap()
                .forEach((name, value) -> environment.put(name, value.getAsString()));
        return new ServiceSpec(
                new ServiceName(json.get("name").getAsString()),
                strings(json.getAsJsonArray("command")),
                Path.of(json.get("directory").getAsString()),
                environment,
                strings(json.getAsJsonArray("listen")).stream()
                        .map(ListenAddress::parse)
                        .toList(),
                json.get("workers").getAsInt(),
                ReadyWhen.valueOf(json.get("ready").getAsString()),
                duration(json, "readyTimeout"),
                Objects.requireNonNull(DrainBy.all().get(json.get("drain").getAsString())),
                Signal.valueOf(json.get("stopSignal").getAsString()),
                Moving.valueOf(json.get("handover").getAsString()),
                duration(json, "quiesceTimeout"),
                duration(json, "drainTimeout"),
                duration(json, "killGrace"),
                json.has("heartbeatTimeout") ? Optional.of(duration(json, "heartbeatTimeout")) : Optional.empty());
    }

    private static Duration duration(JsonObject json, String key) {
        return Duration.parse(json.get(key).getAsString());
    }

    private static JsonArray strings(List<String> strings) {
        JsonArray array = new JsonArray();
        strings.forEach(array::add);
        return array;
    }

    private static List<String> strings(JsonArray array) {
        return array.asList().stream().map(JsonElement::getAsString).toList();
    }
}
