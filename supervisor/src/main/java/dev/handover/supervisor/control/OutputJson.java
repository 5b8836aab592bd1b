package dev.handover.supervisor.control;

import com.google.gson.JsonObject;
import dev.handover.supervisor.process.OutputLine;

/** What workers wrote, as {@code docs/control.md} shows it. */
final class OutputJson {
    private OutputJson() {}

    static JsonObject of(OutputLine line) {
        JsonObject json = new JsonObject();
        json.addProperty("at", line.at().toString());
        json.addProperty("service", line.worker().service().value());
        json.addProperty("generation", line.worker().generation().number());
        json.addProperty("worker", line.worker().name());
        json.addProperty("text", line.text());
        return json;
    }

    /**
     * What stands behind the lines.
     *
     * @param where all that is written goes
     * @param forgotten how many lines are kept no more
     */
    static JsonObject of(Requests.Whereabouts where, long forgotten) {
        JsonObject json = new JsonObject();
        json.addProperty("forgotten", forgotten);
        where.file().ifPresent(file -> json.addProperty("file", file.toString()));
        json.addProperty("journal", where.journal());
        return json;
    }
}
