package dev.handover.supervisor.state;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.handover.supervisor.terms.CanarySpec;
import dev.handover.supervisor.terms.CanarySpec.End;
import dev.handover.supervisor.terms.ClientRange;
import dev.handover.supervisor.terms.MetricSpec;
import dev.handover.supervisor.terms.Percentage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@link CanarySpec} in the state file. */
final class CanaryJson {
    private static final String METRIC = "metric";

    private CanaryJson() {}

    static JsonObject write(CanarySpec spec) {
        JsonArray clients = new JsonArray();
        spec.clients().forEach(range -> clients.add(range.toString()));
        JsonArray steps = new JsonArray();
        spec.steps().forEach(percentage -> steps.add(percentage.toString()));
        JsonObject json = new JsonObject();
        json.add("clients", clients);
        json.add("steps", steps);
        json.addProperty("step", spec.step().toString());
        json.addProperty("end", spec.end().name());
        json.addProperty("judge", spec.judge());
        spec.metric().ifPresent(metric -> json.add(METRIC, write(metric)));
        return json;
    }

    private static JsonObject write(MetricSpec metric) {
        JsonArray words = new JsonArray();
        metric.command().forEach(words::add);
        JsonObject json = new JsonObject();
        json.add("command", words);
        json.addProperty("interval", metric.interval().toString());
        json.addProperty("timeout", metric.timeout().toString());
        json.addProperty("failures", metric.failures());
        return json;
    }

    static Optional<CanarySpec> read(Fields service) throws UnreadableState {
        if (!service.has("canary")) {
            return Optional.empty();
        }
        Fields json = service.table("canary");
        try {
            List<ClientRange> clients = new ArrayList<>();
            for (String range : json.texts("clients")) {
                clients.add(ClientRange.parse(range));
            }
            List<Percentage> steps = new ArrayList<>();
            for (String percentage : json.texts("steps")) {
                steps.add(Percentage.parse(percentage));
            }
            return Optional.of(new CanarySpec(
                    clients,
                    steps,
                    json.read("step", Duration::parse),
                    json.read("end", End::valueOf),
                    json.flag("judge", true),
                    metric(json)));
        } catch (IllegalArgumentException bad) {
            throw new UnreadableState("canary: " + bad.getMessage());
        }
    }

    private static Optional<MetricSpec> metric(Fields canary) throws UnreadableState {
        if (!canary.has(METRIC)) {
            return Optional.empty();
        }
        Fields json = canary.table(METRIC);
        return Optional.of(new MetricSpec(
                json.texts("command"),
                json.read("interval", Duration::parse),
                json.read("timeout", Duration::parse),
                json.integer("failures")));
    }
}
