package dev.handover.supervisor.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.handover.supervisor.chronicle.Chronicle;
import dev.handover.supervisor.chronicle.Entry;
import dev.handover.supervisor.config.ConfigurationFile;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.ControlCharacters;
import dev.handover.supervisor.terms.Reply;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The results of what is only read, as {@code docs/control.md} shows them, whichever way they were asked for. */
public final class Results {
    private Results() {}

    /** What of the configuration file a status is compared with; empty where it can't be used. */
    public static Optional<Configuration> usable(ConfigurationFile.Result file) {
        return file instanceof ConfigurationFile.Valid valid ? Optional.of(valid.configuration()) : Optional.empty();
    }

    /** @param read what came of reading the configuration file */
    public static JsonObject status(Reply.Status status, Path file, ConfigurationFile.Result read) {
        Optional<String> problem =
                read instanceof ConfigurationFile.Invalid invalid ? Optional.of(invalid.text()) : Optional.empty();
        JsonArray services = new JsonArray();
        status.services()
                .forEach(service -> services.add(ReportJson.service(
                        service,
                        status.steering().get(service.service()),
                        status.logs().get(service.service()),
                        status.usage().getOrDefault(service.service(), Map.of()))));
        JsonObject result = new JsonObject();
        result.add("configuration", ReportJson.configuration(file, status.difference(), problem));
        result.add("services", services);
        return result;
    }

    /** A status without the addresses of clients, for those who may only look. */
    public static JsonObject withoutClients(JsonObject status) {
        for (JsonElement service : status.getAsJsonArray("services")) {
            for (JsonElement generation : service.getAsJsonObject().getAsJsonArray("generations")) {
                generation
                        .getAsJsonObject()
                        .getAsJsonArray("workers")
                        .forEach(worker -> worker.getAsJsonObject().remove(ReportJson.OLDEST));
            }
        }
        return status;
    }

    public static JsonObject history(Reply.History history) {
        JsonArray services = new JsonArray();
        history.services().forEach(service -> services.add(ReportJson.history(service)));
        JsonObject result = new JsonObject();
        result.add("services", services);
        return result;
    }

    /** An event, without what is not for everybody who may look. */
    public static JsonObject forMonitors(Entry event) {
        return HappeningJson.forMonitors(event.json());
    }

    /** How the last reload of a service went, without what is not for everybody who may look. */
    public static JsonObject explainedForMonitors(String service, Chronicle chronicle) {
        JsonObject result = StoryJson.of(List.of(service), chronicle);
        for (JsonElement story : result.getAsJsonArray("explained")) {
            if (story.getAsJsonObject().get("reload") instanceof JsonObject report) {
                HappeningJson.reportForMonitors(report);
            }
        }
        return result;
    }

    /** What came of each reload of a service that is told of, from the oldest on, as of {@link #explainedForMonitors}. */
    public static List<JsonObject> reportsForMonitors(String service, Chronicle chronicle) {
        return chronicle.endedReloads(service).stream()
                .flatMap(entry -> StoryJson.report(entry).stream())
                .map(HappeningJson::reportForMonitors)
                .toList();
    }

    /** On one line, without control characters. */
    public static String text(JsonObject json) {
        // In JSON they stand in strings alone, and mean the same spelled out: what prints the line may be a terminal.
        return ControlCharacters.escaped(json.toString()) + "\n";
    }

    /** A constant's name, such as {@code not-ready-in-time}. */
    public static String word(Enum<?> constant) {
        return Wire.name(constant);
    }
}
