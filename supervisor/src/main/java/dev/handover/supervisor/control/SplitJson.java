package dev.handover.supervisor.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.handover.supervisor.terms.SteeringStatus.Arrivals;
import dev.handover.supervisor.terms.SteeringStatus.Split;

/** A canary beside the generation that serves, as {@code docs/control.md} shows it. */
final class SplitJson {
    private SplitJson() {}

    static JsonObject of(Split split) {
        JsonArray clients = new JsonArray();
        split.share().clients().forEach(range -> clients.add(range.toString()));
        JsonObject json = new JsonObject();
        json.addProperty("generation", split.canary().number());
        json.add("clients", clients);
        json.addProperty("others", split.share().others().toString());
        json.add("to_canary", arrivals(split.toCanary()));
        json.add("to_serving", arrivals(split.toServing()));
        json.add("ever_to_canary", arrivals(split.ever()));
        if (!split.unseen().isEmpty()) {
            json.addProperty("unseen", split.unseen());
        }
        return json;
    }

    private static JsonObject arrivals(Arrivals arrivals) {
        JsonObject json = new JsonObject();
        json.addProperty("connections", arrivals.connections());
        json.addProperty("clients", arrivals.clients());
        return json;
    }
}
