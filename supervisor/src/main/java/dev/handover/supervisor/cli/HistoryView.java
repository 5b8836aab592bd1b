package dev.handover.supervisor.cli;

import java.util.ArrayList;
import java.util.List;

/** What {@code supervisorctl history} shows: for each service its last reloads, the newest last. */
final class HistoryView {
    private HistoryView() {}

    static String of(Json result) {
        StringBuilder text = new StringBuilder();
        for (Json service : result.objects("services")) {
            text.append(Texts.harmless(service.text("service"))).append('\n');
            List<Json> reloads = service.objects("reloads");
            if (reloads.isEmpty()) {
                text.append("  no reload of it has ended yet\n");
            }
            for (Json reload : reloads) {
                append(reload, service.has("serving") ? service.number("serving") : 0, text);
            }
        }
        return text.toString();
    }

    private static void append(Json reload, long serving, StringBuilder text) {
        long generation = reload.number("generation");
        List<String> pieces = new ArrayList<>();
        pieces.add("generation " + generation + (generation == serving ? ", which serves" : ""));
        pieces.add(Texts.words(reload.text("outcome")) + " at " + Texts.harmless(reload.text("at")));
        if (reload.has("same_configuration") && !reload.flag("same_configuration")) {
            pieces.add("another configuration than now");
        }
        text.append("  ").append(String.join("; ", pieces)).append('\n');
        if (!reload.text("outcome").equals("completed")) {
            text.append("    ").append(Texts.harmless(reload.text("reason"))).append('\n');
        }
    }
}
