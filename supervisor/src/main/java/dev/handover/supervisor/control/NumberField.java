package dev.handover.supervisor.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Optional;

/** Reads a field that counts from 1 on. */
final class NumberField {
    private NumberField() {}

    /**
     * Empty where there is none.
     *
     * @throws IllegalArgumentException if it is something else; the message is for people
     */
    static Optional<Integer> read(JsonObject call, String name) {
        return read(call, name, Integer.MAX_VALUE);
    }

    /** The same, up to a greatest number. */
    static Optional<Integer> read(JsonObject call, String name, int most) {
        JsonElement field = call.get(name);
        if (field == null) {
            return Optional.empty();
        }
        if (field instanceof JsonPrimitive value && value.isNumber()) {
            try {
                int number = value.getAsBigDecimal().intValueExact();
                if (number >= 1 && number <= most) {
                    return Optional.of(number);
                }
            } catch (ArithmeticException | NumberFormatException notWhole) {
                // Said below.
            }
        }
        throw new IllegalArgumentException("'" + name + "' must be a number from 1 "
                + (most == Integer.MAX_VALUE ? "on" : "to " + most) + ", not " + field);
    }
}
