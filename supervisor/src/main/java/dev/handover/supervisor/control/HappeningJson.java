package dev.handover.supervisor.control;

import com.google.gson.JsonObject;
import dev.handover.supervisor.terms.ControlCharacters;
import dev.handover.supervisor.terms.Happening;
import dev.handover.supervisor.terms.Subject;

/** What happened, as {@code docs/control.md} shows it and the chronicle keeps it; without its number. */
public final class HappeningJson {
    /** Longer than any sentence of the supervisor's own: a worker's words may stand in it. */
    private static final int LONGEST_TEXT = 4096;

    private HappeningJson() {}

    public static JsonObject of(Happening happening) {
        JsonObject json = new JsonObject();
        json.addProperty("at", happening.at().toString());
        json.addProperty("what", happening.what().word());
        json.addProperty("severity", Wire.name(happening.severity()));
        Subject subject = happening.subject();
        subject.service().ifPresent(service -> json.addProperty("service", service.value()));
        subject.generation().ifPresent(generation -> json.addProperty("generation", generation.number()));
        subject.worker().ifPresent(worker -> json.addProperty("worker", worker));
        json.addProperty("text", shortened(ControlCharacters.escaped(happening.text())));
        happening.report().ifPresent(report -> json.add("reload", ReportJson.reload(report)));
        return json;
    }

    /** Without what the last lines of a worker and the addresses of clients are in. */
    static JsonObject forMonitors(JsonObject happening) {
        happening.remove("reload");
        return happening;
    }

    /** As {@link #forMonitors}, of what a reload came to. */
    static JsonObject reportForMonitors(JsonObject report) {
        report.remove("last_lines");
        if (report.get("rolled_back") instanceof JsonObject exposure) {
            exposure.remove("first_clients");
            exposure.remove("text"); // has them too
        }
        return report;
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
    }
}
