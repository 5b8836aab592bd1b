package dev.handover.supervisor.cli;

import java.util.ArrayList;
import java.util.List;

/** The status as a table for each service. */
final class StatusView {
    private static final List<String> HEADINGS = List.of(
            "GENERATION", "STATE", "WORKER", "STATE", "PID", "FOR", "CONNECTIONS", "RESTARTS", "LAST EXIT", "STATUS");

    private StatusView() {}

    static String of(Json status) {
        StringBuilder text = new StringBuilder();
        for (Json service : status.objects("services")) {
            text.append(Texts.harmless(service.text("service")))
                    .append(": ")
                    .append(Texts.words(service.text("state")));
            if (service.has("serving")) {
                text.append(", generation ").append(service.number("serving")).append(" serves");
            }
            Json steering = service.object("steering");
            if (steering != null) {
                text.append(", ").append(Texts.words(steering.text("mode")));
                if (steering.has("why")) {
                    text.append(" (")
                            .append(Texts.harmless(steering.text("why")))
                            .append(')');
                }
            }
            text.append('\n');
            List<Json> generations = service.objects("generations");
            if (!generations.isEmpty()) {
                append(rows(generations), text);
            }
            if (steering != null) {
                steering.objects("groups").forEach(group -> append(group, text));
            }
        }
        return text.toString();
    }

    private static List<List<String>> rows(List<Json> generations) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        for (Json generation : generations) {
            for (Json worker : generation.objects("workers")) {
                rows.add(List.of(
                        generation.numberText("generation"),
                        Texts.words(generation.text("state")),
                        worker.numberText("worker"),
                        Texts.words(worker.text("state")),
                        worker.numberText("pid"),
                        Texts.duration(worker.number("in_state_ms")),
                        worker.numberText("connections"),
                        worker.numberText("restarts"),
                        worker.has("last_exit") ? Texts.harmless(worker.text("last_exit")) : "-",
                        Texts.harmless(worker.text("text"))));
            }
        }
        return rows;
    }

    private static void append(Json group, StringBuilder text) {
        text.append("  ").append(Texts.harmless(group.text("address"))).append('\n');
        int index = 0;
        for (Json member : group.objects("members")) {
            text.append("    ").append(index++).append("  ").append(Texts.words(member.text("role")));
            if (member.has("worker")) {
                text.append(": generation ").append(member.number("generation"));
                text.append(" worker ").append(member.number("worker"));
            }
            if (member.has("pid")) {
                text.append(member.has("worker") ? ", pid " : ": pid ").append(member.number("pid"));
            }
            if (member.has("command")) {
                text.append(", ").append(Texts.harmless(member.text("command")));
            }
            text.append('\n');
        }
    }

    private static void append(List<List<String>> rows, StringBuilder text) {
        int[] widths = new int[HEADINGS.size()];
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                String cell = row.get(column);
                line.append("  ").append(cell).append(" ".repeat(widths[column] - cell.length()));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
    }
}
