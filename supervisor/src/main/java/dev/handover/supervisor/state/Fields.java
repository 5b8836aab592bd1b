package dev.handover.supervisor.state;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A table of the state file, read by what it should hold. A key that is missing has the value that the reader gives for it,
 * since the file of an earlier version does not know it; a key that the reader does not ask for is left alone.
 */
final class Fields {
    private final JsonObject json;
    private final String path;

    private Fields(JsonObject json, String path) {
        this.json = json;
        this.path = path;
    }

    static Fields of(JsonElement root) throws UnreadableState {
        return new Fields(table(root, "the file"), "");
    }

    Set<String> keys() {
        return json.keySet();
    }

    boolean has(String key) {
        return json.has(key);
    }

    /** Empty where it is missing. */
    Fields table(String key) throws UnreadableState {
        JsonElement there = json.get(key);
        return new Fields(there == null ? new JsonObject() : table(there, at(key)), at(key));
    }

    /** The tables that stand below one, by their keys; none where it is missing. */
    Map<String, Fields> tables(String key) throws UnreadableState {
        Fields table = table(key);
        Map<String, Fields> tables = new LinkedHashMap<>();
        for (String name : table.json.keySet()) {
            tables.put(name, table.table(name));
        }
        return tables;
    }

    /** The tables of an array; none where it is missing. */
    List<Fields> rows(String key) throws UnreadableState {
        List<Fields> rows = new ArrayList<>();
        for (JsonElement element : array(key)) {
            String place = at(key) + "[" + rows.size() + "]";
            rows.add(new Fields(table(element, place), place));
        }
        return rows;
    }

    /** None where it is missing. */
    List<String> texts(String key) throws UnreadableState {
        List<String> texts = new ArrayList<>();
        for (JsonElement element : array(key)) {
            texts.add(primitive(element, at(key), "a string", JsonPrimitive::isString)
                    .getAsString());
        }
        return texts;
    }

    /** The strings of a table by their keys, in its order; none where it is missing. */
    Map<String, String> textsByKey(String key) throws UnreadableState {
        Fields table = table(key);
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name : table.json.keySet()) {
            texts.put(name, table.text(name));
        }
        return texts;
    }

    String text(String key) throws UnreadableState {
        return required(key, "a string", JsonPrimitive::isString).getAsString();
    }

    long number(String key) throws UnreadableState {
        return whole(key, required(key, "a number", JsonPrimitive::isNumber));
    }

    int integer(String key) throws UnreadableState {
        long number = number(key);
        if (number != (int) number) {
            throw new UnreadableState(at(key) + ": " + number + " is out of range");
        }
        return (int) number;
    }

    long number(String key, long absent) throws UnreadableState {
        return json.has(key) ? number(key) : absent;
    }

    boolean flag(String key) throws UnreadableState {
        return required(key, "true or false", JsonPrimitive::isBoolean).getAsBoolean();
    }

    boolean flag(String key, boolean absent) throws UnreadableState {
        return json.has(key) ? flag(key) : absent;
    }

    /** A value that is written as a string; why its reader refuses one is told. */
    <T> T read(String key, Function<String, T> reader) throws UnreadableState {
        String text = text(key);
        try {
            return reader.apply(text);
        } catch (RuntimeException refused) { // of any kind: parsers have their own
            throw new UnreadableState(at(key) + ": '" + text + "' means nothing here: " + refused.getMessage());
        }
    }

    <T> T read(String key, Function<String, T> reader, T absent) throws UnreadableState {
        return json.has(key) ? read(key, reader) : absent;
    }

    <T> Optional<T> optional(String key, Function<String, T> reader) throws UnreadableState {
        return json.has(key) ? Optional.of(read(key, reader)) : Optional.empty();
    }

    private long whole(String key, JsonPrimitive number) throws UnreadableState {
        try {
            return number.getAsBigDecimal().longValueExact();
        } catch (ArithmeticException | NumberFormatException odd) {
            throw new UnreadableState(at(key) + ": expected a whole number, not " + number);
        }
    }

    private JsonArray array(String key) throws UnreadableState {
        JsonElement there = json.get(key);
        if (there == null) {
            return new JsonArray();
        }
        if (there instanceof JsonArray array) {
            return array;
        }
        throw new UnreadableState(at(key) + ": expected an array");
    }

    private JsonPrimitive required(String key, String expected, Function<JsonPrimitive, Boolean> isSo)
            throws UnreadableState {
        return primitive(json.get(key), at(key), expected, isSo);
    }

    private static JsonPrimitive primitive(
            @Nullable JsonElement there, String place, String expected, Function<JsonPrimitive, Boolean> isSo)
            throws UnreadableState {
        if (there == null) {
            throw new UnreadableState(place + ": missing; expected " + expected);
        }
        if (there instanceof JsonPrimitive primitive && isSo.apply(primitive)) {
            return primitive;
        }
        throw new UnreadableState(place + ": expected " + expected);
    }

    private static JsonObject table(JsonElement there, String place) throws UnreadableState {
        if (there instanceof JsonObject object) {
            return object;
        }
        throw new UnreadableState(place + ": expected a table");
    }

    private String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
