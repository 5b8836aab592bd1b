package dev.handover.supervisor.state;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.handover.supervisor.terms.PastReload;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.ServiceName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The last reloads of services in the state file; earlier versions did not write them. */
final class PastJson {
    private PastJson() {}

    static JsonObject write(Map<ServiceName, List<PastReload>> history) {
        JsonObject json = new JsonObject();
        history.forEach((name, reloads) -> {
            JsonArray all = new JsonArray();
            reloads.forEach(reload -> all.add(write(reload)));
            JsonObject service = new JsonObject();
            service.add("reloads", all);
            json.add(name.value(), service);
        });
        return json;
    }

    private static JsonObject write(PastReload reload) {
        JsonObject json = new JsonObject();
        json.addProperty("generation", reload.generation().number());
        json.addProperty("at", reload.at().toString());
        json.addProperty("outcome", reload.outcome().name());
        json.addProperty("reason", reload.reason());
        json.add("spec", StateJson.write(reload.spec()));
        return json;
    }

    /** Empty where this version can't read it: nothing that runs depends on it. */
    private static Optional<PastReload> readOne(Fields one) {
        try {
            return Optional.of(new PastReload(
                    StateJson.generation(one, "generation"),
                    one.read("at", Instant::parse),
                    one.read("outcome", ReloadOutcome::valueOf),
                    one.text("reason"),
                    StateJson.readSpec(one.table("spec"))));
        } catch (UnreadableState otherwise) {
            return Optional.empty();
        }
    }

    static SortedMap<ServiceName, List<PastReload>> read(Fields memory) throws UnreadableState {
        SortedMap<ServiceName, List<PastReload>> history = new TreeMap<>();
        for (Map.Entry<String, Fields> service : memory.tables("history").entrySet()) {
            List<PastReload> reloads = new ArrayList<>();
            for (Fields one : service.getValue().rows("reloads")) {
                readOne(one).ifPresent(reloads::add);
            }
            history.put(StateJson.service(service.getKey()), List.copyOf(reloads));
        }
        return history;
    }
}
