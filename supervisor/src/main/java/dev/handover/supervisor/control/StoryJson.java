package dev.handover.supervisor.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.handover.supervisor.chronicle.Chronicle;
import dev.handover.supervisor.chronicle.Entry;
import dev.handover.supervisor.chronicle.Story;
import java.util.Collection;
import java.util.Optional;

/** How the last reloads went, as {@code docs/control.md} shows it. */
final class StoryJson {
    private static final String RELOAD = "reload";

    private StoryJson() {}

    /** Of these services; those without one that is told of are left out. */
    static JsonObject of(Collection<String> services, Chronicle chronicle) {
        JsonArray explained = new JsonArray();
        services.forEach(
                service -> chronicle.lastReload(service).ifPresent(story -> explained.add(of(service, story))));
        JsonObject result = new JsonObject();
        result.add("explained", explained);
        return result;
    }

    /** What came of a reload; empty where the entry does not tell. */
    static Optional<JsonObject> report(Entry ended) {
        return Optional.ofNullable(ended.json().get(RELOAD))
                .filter(JsonElement::isJsonObject)
                .map(JsonElement::getAsJsonObject);
    }

    private static JsonObject of(String service, Story story) {
        JsonObject json = new JsonObject();
        json.addProperty("service", service);
        json.addProperty("under_way", !story.ended());
        JsonArray events = new JsonArray();
        for (Entry entry : story.entries()) {
            JsonObject event = entry.json();
            JsonElement report = event.remove(RELOAD);
            if (report != null
                    && story.ended()) { // else it is of an older reload, whose generation has drained meanwhile
                json.add(RELOAD, report); // the last one is of all of it
            }
            events.add(event);
        }
        json.add("events", events);
        return json;
    }
}
