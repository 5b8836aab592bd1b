package dev.handover.supervisor.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.handover.supervisor.config.DurationText;
import dev.handover.supervisor.terms.Request.Hold;
import java.time.Duration;
import java.util.Optional;

/**
 * The fields of {@code hold}: for how long at most, or that it ends.
 *
 * @param max empty where it is to end
 */
record HoldFields(Optional<Duration> max) {
    /** @throws IllegalArgumentException if they are something else; the message is for people */
    static HoldFields read(JsonObject call) {
        JsonElement max = call.get("max");
        JsonElement end = call.get("end");
        if (end != null && !(end instanceof JsonPrimitive value && value.isBoolean() && value.getAsBoolean())) {
            throw new IllegalArgumentException("'end' can only be true");
        }
        if ((max == null) == (end == null)) {
            throw new IllegalArgumentException("'hold' needs one of the fields 'max', such as \"20s\", and 'end'");
        }
        if (max == null) {
            return new HoldFields(Optional.empty());
        }
        if (max instanceof JsonPrimitive value && value.isString()) {
            return new HoldFields(Optional.of(Hold.within(DurationText.parse(value.getAsString()))));
        }
        throw new IllegalArgumentException("'max' is not a string");
    }
}
