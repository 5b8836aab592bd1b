package dev.handover.supervisor.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.handover.supervisor.config.DurationText;
import dev.handover.supervisor.terms.CanaryOrder;
import dev.handover.supervisor.terms.CanarySpec;
import dev.handover.supervisor.terms.CanarySpec.End;
import dev.handover.supervisor.terms.ClientRange;
import dev.handover.supervisor.terms.Percentage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads {@code canary} of a reload: {@code false}, or a table of the configuration's keys. */
final class CanaryField {
    private static final String NAME = "canary";
    private static final Set<String> KEYS = Set.of("clients", "steps", "step", "end", "judge");
    private static final Duration STEP = Duration.ofSeconds(30);

    private CanaryField() {}

    /** @throws IllegalArgumentException if it is something else; the message is for people */
    static CanaryOrder read(JsonObject call) {
        JsonElement canary = call.get(NAME);
        if (canary == null) {
            return CanaryOrder.AS_CONFIGURED;
        }
        if (canary instanceof JsonPrimitive value && value.isBoolean() && !value.getAsBoolean()) {
            return new CanaryOrder.Instead(Optional.empty());
        }
        if (!(canary instanceof JsonObject table)) {
            throw new IllegalArgumentException("'canary' must be false, or an object");
        }
        for (String key : table.keySet()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException("'canary' takes no field '" + key + "'");
            }
        }
        if (!table.has("clients") && !table.has("steps")) {
            throw new IllegalArgumentException("a canary needs clients, or steps: --clients or --canary");
        }
        return new CanaryOrder.Instead(Optional.of(new CanarySpec(
                list(table, "clients", ClientRange::parse),
                list(table, "steps", Percentage::parse),
                table.has("step") ? DurationText.parse(text(table.get("step"), "step")) : STEP,
                end(table),
                judge(table),
                Optional.empty())));
    }

    private static <T> List<T> list(JsonObject table, String key, Function<String, T> parse) {
        List<T> values = new ArrayList<>();
        if (table.has(key)) {
            if (!(table.get(key) instanceof JsonArray array)) {
                throw new IllegalArgumentException("'" + key + "' of 'canary' must be an array of strings");
            }
            array.forEach(element -> values.add(parse.apply(text(element, key))));
        }
        return values;
    }

    private static End end(JsonObject table) {
        if (!table.has("end")) {
            return End.PROMOTE;
        }
        return switch (text(table.get("end"), "end")) {
            case "promote" -> End.PROMOTE;
            case "pause" -> End.PAUSE;
            default -> throw new IllegalArgumentException("'end' of 'canary' must be \"promote\" or \"pause\"");
        };
    }

    private static boolean judge(JsonObject table) {
        JsonElement judge = table.get("judge");
        if (judge == null) {
            return true;
        }
        if (judge instanceof JsonPrimitive value && value.isBoolean()) {
            return value.getAsBoolean();
        }
        throw new IllegalArgumentException("'judge' of 'canary' must be true or false");
    }

    private static String text(JsonElement element, String key) {
        if (element instanceof JsonPrimitive value && value.isString()) {
            return value.getAsString();
        }
        throw new IllegalArgumentException("'" + key + "' of 'canary' has what is no string");
    }
}
