package dev.handover.supervisor.state;

import com.google.gson.JsonObject;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Total;
import dev.handover.supervisor.terms.Totals;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is counted of services in the state file; earlier versions did not count, and later ones may count more. */
final class TotalsJson {
    private TotalsJson() {}

    static JsonObject write(Map<ServiceName, Totals> all) {
        JsonObject json = new JsonObject();
        all.forEach((name, totals) -> {
            JsonObject counts = new JsonObject();
            totals.counts().forEach((total, count) -> counts.addProperty(total.name(), count));
            json.add(name.value(), counts);
        });
        return json;
    }

    static SortedMap<ServiceName, Totals> read(Fields memory) throws UnreadableState {
        SortedMap<ServiceName, Totals> all = new TreeMap<>();
        for (Map.Entry<String, Fields> service : memory.tables("totals").entrySet()) {
            EnumMap<Total, Long> counts = new EnumMap<>(Total.class);
            for (Total total : Total.values()) {
                counts.put(total, service.getValue().number(total.name(), 0));
            }
            try {
                all.put(StateJson.service(service.getKey()), new Totals(counts));
            } catch (IllegalArgumentException negative) {
                throw new UnreadableState("totals: " + negative.getMessage());
            }
        }
        return all;
    }
}
