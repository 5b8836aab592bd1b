package dev.handover.supervisor.chronicle;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * One thing that happened, as it stands in the chronicle.
 *
 * @param number higher than that of all before it; a supervisor that is started later goes on from it
 * @param what of which kind, such as {@code worker-exited}: a supervisor of another version may know other ones
 * @param service the one concerned; empty where it is the supervisor itself
 * @param line the JSON object of {@code docs/control.md}, on one line
 */
public record Entry(long number, Instant at, String what, Optional<String> service, String line) {
    static final String NUMBER = "number";

    static Entry of(JsonObject json) {
        return new Entry(
                json.get(NUMBER).getAsLong(),
                Instant.parse(json.get("at").getAsString()),
                json.get("what").getAsString(),
                Optional.ofNullable(json.get("service")).map(JsonElement::getAsString),
                json.toString());
    }

    /** Empty where the line is none: its writer was killed in the middle of it. */
    static Optional<Entry> parse(String line) {
        try {
            return JsonParser.parseString(line) instanceof JsonObject json ? Optional.of(of(json)) : Optional.empty();
        } catch (JsonParseException
                | NullPointerException
                | UnsupportedOperationException
                | IllegalStateException
                | NumberFormatException
                | DateTimeException torn) {
            return Optional.empty();
        }
    }

    /** The object of {@link #line}. */
    public JsonObject json() {
        return JsonParser.parseString(line).getAsJsonObject();
    }
}
