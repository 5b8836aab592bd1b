package dev.handover.supervisor.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** An object of what is kept of events. Another version may have written it: what is missing, or otherwise, reads as empty. */
record Told(JsonObject json) {
    String text(String name) {
        return json.get(name) instanceof JsonPrimitive value ? value.getAsString() : "";
    }

    /** A phase's or an outcome's name as words. */
    String words(String name) {
        return text(name).replace('-', ' ');
    }

    long number(String name) {
        return json.get(name) instanceof JsonPrimitive value && value.isNumber() ? value.getAsLong() : 0;
    }

    boolean flag(String name) {
        return json.get(name) instanceof JsonPrimitive value && value.isBoolean() && value.getAsBoolean();
    }

    boolean has(String name) {
        return json.has(name);
    }

    Optional<Told> object(String name) {
        return json.get(name) instanceof JsonObject object ? Optional.of(new Told(object)) : Optional.empty();
    }

    List<Told> objects(String name) {
        return elements(name).stream()
                .filter(JsonElement::isJsonObject)
                .map(element -> new Told(element.getAsJsonObject()))
                .toList();
    }

    List<String> texts(String name) {
        return elements(name).stream()
                .filter(JsonElement::isJsonPrimitive)
                .map(JsonElement::getAsString)
                .toList();
    }

    private List<JsonElement> elements(String name) {
        return json.get(name) instanceof JsonArray array
                ? StreamSupport.stream(array.spliterator(), false).toList()
                : List.of();
    }
}
