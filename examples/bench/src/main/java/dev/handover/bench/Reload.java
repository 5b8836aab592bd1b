package dev.handover.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
    /** Reloads, and waits for the end. */
    static Reload now(Supervised supervised) throws IOException {
        long start = System.nanoTime();
        JsonObject result = supervised.ask("reload");
        return of((System.nanoTime() - start) / 1e6, result);
    }

    /** Reloads one after the other; what they did. */
    static List<Reload> times(Supervised supervised, int count) throws IOException {
        List<Reload> reloads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            reloads.add(now(supervised));
        }
        return reloads;
    }

    private static Reload of(double total, JsonObject result) {
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

    /** What the supervisor itself needs: all but the start of the new workers, their warm-up, and the drain and end of the old ones. */
    double own() {
        return total - phase("start") - phase("warm-up") - phase("drain") - phase("stop");
    }
}
