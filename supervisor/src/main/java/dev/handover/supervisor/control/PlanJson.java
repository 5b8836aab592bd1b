package dev.handover.supervisor.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.handover.supervisor.terms.Plan;
import dev.handover.supervisor.terms.Reply;

/** What a reload would do, as {@code docs/control.md} shows it. */
final class PlanJson {
    private PlanJson() {}

    static JsonObject of(Reply.Planned planned) {
        JsonArray plans = new JsonArray();
        planned.plans().forEach(plan -> plans.add(of(plan)));
        JsonArray warnings = new JsonArray();
        planned.warnings().forEach(warnings::add);
        JsonObject json = new JsonObject();
        json.addProperty("changes_anything", planned.plans().stream().anyMatch(Plan::changesAnything));
        json.add("plan", plans);
        json.add("warnings", warnings);
        return json;
    }

    private static JsonObject of(Plan plan) {
        JsonObject json = new JsonObject();
        json.addProperty("service", plan.service().value());
        json.addProperty("action", Wire.name(plan.action()));
        JsonArray changes = new JsonArray();
        for (Plan.Change change : plan.changes()) {
            JsonObject one = new JsonObject();
            one.addProperty("key", change.key());
            one.addProperty("from", change.from());
            one.addProperty("to", change.to());
            changes.add(one);
        }
        json.add("changes", changes);
        return json;
    }
}
