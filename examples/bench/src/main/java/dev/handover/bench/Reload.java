package dev.handover.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one reload took, in milliseconds.
 *
 * @param total from the request to the answer, as the one who asks sees it
 * @param phases by name
 * @param lossless whether the ledger says so
 */
record Reload(double total, Map<String, Double> phases, boolean lossless) {
    static Reload of(double total, JsonObject result) {
        JsonObject reload = result.getAsJsonArray("reloads").get(0).getAsJsonObject();
        Map<String, Double> phases = new TreeMap<>();
        for (JsonElement phase : reload.getAsJsonArray("phases")) {
            JsonObject one = phase.getAsJsonObject();
            phases.put(one.get("phase").getAsString(), one.get("took_us").getAsLong() / 1e3);
        }
        boolean lossless = reload.has("ledger")
                && reload.getAsJsonObject("ledger").get("lossless").getAsBoolean();
        return new Reload(total, phases, lossless);
    }

    double phase(String name) {
        return phases.getOrDefault(name, 0.0);
    }

    /** What the supervisor itself needs: all but the start of the new workers, and the drain and end of the old ones. */
    double own() {
        return total - phase("start") - phase("drain") - phase("stop");
    }
}
