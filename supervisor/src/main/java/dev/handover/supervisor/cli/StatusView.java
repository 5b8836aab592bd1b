package dev.handover.supervisor.cli;

import dev.handover.supervisor.terms.CommandNames;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The status for people: what the file would change, and each service with its workers and listeners. What is of Handover's
 * own making fits a terminal of 80 columns; what others wrote, such as a reason, has a line of its own.
 */
final class StatusView {
    private static final int WIDTH = 80;
    private static final String NOTE = "       ";
    private static final List<String> HEADINGS =
            List.of("GEN", "STATE", "WORKER", "STATE", "PID", "FOR", "OPEN", "RESTARTS");

    private final StringBuilder text = new StringBuilder();

    private StatusView() {}

    static String of(Json status) {
        StatusView view = new StatusView();
        Json configuration = status.object("configuration");
        if (configuration != null) {
            view.configuration(configuration);
        }
        status.objects("services").forEach(view::service);
        return view.text.toString();
    }

    private void configuration(Json configuration) {
        String file = Texts.harmless(configuration.text("file"));
        if (configuration.has("problem")) {
            line("", file + " can't be used, and a reload would be refused:");
            configuration.text("problem").lines().forEach(problem -> line("  ", Texts.harmless(problem)));
            return;
        }
        List<String> differences = new ArrayList<>();
        for (String what : List.of("changed", "added", "removed")) {
            for (String service : configuration.texts(what)) {
                differences.add(Texts.harmless(service) + " is " + what + otherWorkers(configuration, service));
            }
        }
        if (!differences.isEmpty()) {
            line("", file + " differs from what runs; the next reload takes it up:");
            pieces("  ", commas(differences));
        }
    }

    /** Of one that is changed in this, too. */
    private static String otherWorkers(Json configuration, String service) {
        return configuration.objects("workers").stream()
                .filter(workers -> workers.text("service").equals(service))
                .map(workers -> " and runs with " + Texts.count(workers.number("running"), "worker") + ", not "
                        + workers.number("file"))
                .findFirst()
                .orElse("");
    }

    private void service(Json service) {
        List<Json> generations = service.objects("generations");
        Json steering = service.object("steering");
        pieces("", heading(service, generations, steering));
        if (steering != null && steering.has("why")) {
            line("  ", Texts.words(steering.text("mode")) + ": " + Texts.harmless(steering.text("why")));
        }
        Json reload = service.object("last_reload");
        String ofReload = reload == null ? "" : reload.text("reason");
        if (service.has("reason") && !service.text("reason").equals(ofReload)) {
            line("  ", Texts.harmless(service.text("reason")));
            lastLines(service);
        }
        if (reload != null) {
            reload(reload);
        }
        if (service.has("reload_waits")) {
            words("  ", "a reload waits: " + Texts.harmless(service.text("reload_waits")));
        }
        Json hold = service.object("hold");
        if (hold != null) {
            pieces(
                    "  ",
                    List.of(
                            "on hold since " + Texts.harmless(hold.text("since")) + ",",
                            "until " + Texts.harmless(hold.text("until")) + " at the latest:",
                            "asked for by " + Texts.harmless(hold.text("by"))));
        }
        Json log = service.object("log");
        if (log != null && log.has("trouble")) {
            line("  ", "the log " + Texts.harmless(log.text("file")) + " " + Texts.harmless(log.text("trouble")));
        }
        if (!generations.isEmpty()) {
            table(generations);
        }
        Json split = steering == null ? null : steering.object("canary");
        if (split != null) {
            split(split);
        }
        if (steering != null) {
            steering.objects("groups").forEach(this::group);
        }
    }

    private void split(Json split) {
        String unseen = split.text("unseen");
        pieces(
                "  ",
                List.of(
                        "in this step " + arrivals(split.field("to_canary")) + " came to generation "
                                + split.number("generation") + ",",
                        arrivals(split.field("to_serving")) + " to the one that serves"
                                + (unseen.isEmpty() ? "" : ", and perhaps more:"),
                        Texts.harmless(unseen)));
    }

    private static String arrivals(Json arrivals) {
        return Texts.count(arrivals.number("connections"), "connection") + " of "
                + Texts.count(arrivals.number("clients"), "client");
    }

    private static List<String> heading(Json service, List<Json> generations, @Nullable Json steering) {
        List<String> pieces = new ArrayList<>();
        String state = Texts.words(service.text("state"));
        boolean runs = state.equals("running");
        boolean told = service.has("since") && !runs;
        String name = Texts.harmless(service.text("service"));
        pieces.add(told ? state + " since " + Texts.harmless(service.text("since")) : state);
        if (service.has("serving")) {
            long serving = service.number("serving");
            pieces.add("generation " + serving + (runs ? " serves" : ""));
            missing(generations, serving, pieces);
        }
        if (steering != null) {
            pieces.add(Texts.words(steering.text("mode")));
        }
        List<String> line = new ArrayList<>(commas(pieces));
        line.add(0, name + ":");
        return line;
    }

    private static List<String> commas(List<String> pieces) {
        List<String> with = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            with.add(pieces.get(i) + (i + 1 < pieces.size() ? "," : ""));
        }
        return with;
    }

    private static void missing(List<Json> generations, long serving, List<String> pieces) {
        for (Json generation : generations) {
            if (generation.number("generation") == serving) {
                List<Json> workers = generation.objects("workers");
                long ready = workers.stream()
                        .filter(worker -> worker.text("state").equals("ready"))
                        .count();
                if (ready < workers.size()) {
                    pieces.add(ready + " of " + Texts.count(workers.size(), "worker"));
                }
            }
        }
    }

    private void reload(Json reload) {
        List<String> pieces = new ArrayList<>();
        pieces.add("last reload " + Texts.words(reload.text("outcome")) + " at " + Texts.harmless(reload.text("at")));
        if (reload.has("verdict")) {
            pieces.add(Texts.harmless(reload.text("verdict")));
        }
        pieces("  ", commas(pieces));
        if (!reload.text("outcome").equals("completed")) {
            line("    ", Texts.harmless(reload.text("reason")));
            lastLines(reload);
        }
    }

    private void lastLines(Json of) {
        of.texts("last_lines").forEach(last -> line("    | ", Texts.harmless(last)));
    }

    private void line(String indent, String of) {
        text.append(indent).append(of).append('\n');
    }

    /** The same, of words that may be parted anywhere. */
    private void words(String indent, String of) {
        pieces(indent, List.of(of.split(" ")));
    }

    /** On one line, or on several where one would be too long. */
    private void pieces(String indent, List<String> pieces) {
        StringBuilder line = new StringBuilder(indent);
        for (int i = 0; i < pieces.size(); i++) {
            String piece = pieces.get(i);
            if (i > 0 && line.length() + 1 + piece.length() > WIDTH) {
                line(line.toString(), "");
                line = new StringBuilder(indent).append("  ").append(piece);
            } else {
                line.append(i == 0 ? "" : " ").append(piece);
            }
        }
        line(line.toString(), "");
    }

    private void table(List<Json> generations) {
        List<List<String>> rows = new ArrayList<>();
        List<List<String>> notes = new ArrayList<>();
        rows.add(HEADINGS);
        notes.add(List.of());
        for (Json generation : generations) {
            for (Json worker : generation.objects("workers")) {
                rows.add(row(generation, worker));
                notes.add(notes(worker));
            }
            Json usage = generation.object("usage");
            if (usage != null && rows.size() > 1) {
                notes.set(notes.size() - 1, with(notes.get(notes.size() - 1), usage(usage)));
                if (usage.number("oom_kills") > 0) {
                    String killed = "the kernel has killed " + usage.number("oom_kills")
                            + " of its processes for want of memory";
                    notes.set(notes.size() - 1, with(notes.get(notes.size() - 1), killed));
                }
            }
            if (generation.has("standby_left_ms") || generation.has("canary")) {
                notes.set(notes.size() - 1, withStanding(generation, notes.get(notes.size() - 1)));
            }
        }
        int[] widths = new int[HEADINGS.size()];
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        for (int i = 0; i < rows.size(); i++) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                String cell = rows.get(i).get(column);
                line.append("  ").append(cell).append(" ".repeat(widths[column] - cell.length()));
            }
            line("", line.toString().stripTrailing());
            notes.get(i).forEach(note -> line(NOTE, note));
        }
    }

    private static List<String> with(List<String> others, String note) {
        List<String> all = new ArrayList<>(others);
        all.add(note);
        return all;
    }

    private static List<String> withStanding(Json generation, List<String> others) {
        List<String> all = new ArrayList<>(others);
        if (generation.has("canary")) {
            Json canary = generation.field("canary");
            all.add("gets " + Texts.harmless(canary.text("share")) + ", step " + canary.number("step") + " of "
                    + canary.number("steps")
                    + (canary.has("left_ms")
                            ? " for " + Texts.duration(canary.number("left_ms")) + " more"
                            : ", paused"));
            return all;
        }
        all.add("stands by for " + Texts.duration(generation.number("standby_left_ms")) + " more; " + CommandNames.CTL
                + " rollback goes back to it");
        return all;
    }

    /** Of the generation as a whole. */
    private static String usage(Json usage) {
        StringBuilder note = new StringBuilder("all of it: CPU ").append(Texts.duration(usage.number("cpu_ms")));
        if (usage.has("memory_bytes")) {
            note.append(", memory ").append(Texts.bytes(usage.number("memory_bytes")));
            if (usage.has("memory_peak_bytes")) {
                note.append(" (peak ")
                        .append(Texts.bytes(usage.number("memory_peak_bytes")))
                        .append(')');
            }
        }
        return note.append(", ")
                .append(Texts.count(usage.number("tasks"), "task"))
                .toString();
    }

    private static List<String> row(Json generation, Json worker) {
        return List.of(
                generation.numberText("generation"),
                Texts.words(generation.text("state")),
                worker.numberText("worker"),
                Texts.words(worker.text("state")),
                worker.numberText("pid"),
                Texts.duration(worker.number("in_state_ms")),
                worker.numberText("connections"),
                worker.numberText("restarts"));
    }

    private static List<String> notes(Json worker) {
        List<String> notes = new ArrayList<>();
        if (worker.has("starts_in_ms")) {
            notes.add("dead for " + Texts.duration(worker.number("in_state_ms")) + ": "
                    + Texts.harmless(worker.text("last_exit")) + "; it is started again in "
                    + Texts.duration(worker.number("starts_in_ms")));
        } else if (worker.has("last_exit")) {
            notes.add("last exit: " + Texts.harmless(worker.text("last_exit")));
        }
        if (worker.has("extended_ms")) {
            notes.add("has " + Texts.duration(worker.number("extended_ms")) + " more than configured, as it asked");
        }
        Json health = worker.object("health");
        if (health != null) {
            health(health, notes);
        }
        if (worker.has("text")) {
            notes.add("says: " + Texts.harmless(worker.text("text")));
        }
        oldest(worker, notes);
        return notes;
    }

    /** What a worker that drains waits for. */
    private static void oldest(Json worker, List<String> notes) {
        List<Json> oldest = worker.objects("oldest");
        for (Json connection : oldest) {
            String peer = "waits for " + Texts.harmless(connection.text("peer")) + ",";
            String age = "open for at least " + Texts.duration(connection.number("open_at_least_ms"));
            if (NOTE.length() + peer.length() + 1 + age.length() > WIDTH) {
                notes.add(peer);
                notes.add("  " + age);
            } else {
                notes.add(peer + " " + age);
            }
        }
        long others = worker.has("connections") ? worker.number("connections") - oldest.size() : 0;
        if (!oldest.isEmpty() && others > 0) {
            notes.add("and for " + Texts.count(others, "connection") + " more");
        }
    }

    private static void health(Json health, List<String> notes) {
        String state = Texts.words(health.text("state"));
        String what = switch (state) {
            case "unknown" -> "not known to be healthy yet, asked";
            case "not shown" -> "not shown to be healthy";
            default -> state;
        };
        notes.add(what + " since " + Texts.harmless(health.text("since"))
                + (health.flag("set_aside") ? ", gets no new connections" : ""));
        if (health.has("why")) {
            notes.add("  " + Texts.harmless(health.text("why")));
        }
    }

    private void group(Json group) {
        line("  ", Texts.harmless(group.text("address")));
        group.objects("rivals").forEach(this::rival);
        int index = 0;
        for (Json member : group.objects("members")) {
            StringBuilder line = new StringBuilder("    ");
            line.append(index++).append("  ").append(Texts.words(member.text("role")));
            if (member.has("worker")) {
                line.append(": generation ").append(member.number("generation"));
                line.append(" worker ").append(member.number("worker"));
            }
            if (member.has("pid")) {
                line.append(member.has("worker") ? ", pid " : ": pid ").append(member.number("pid"));
            }
            if (member.has("command")) {
                line.append(", ").append(Texts.harmless(member.text("command")));
            }
            if (member.has("waiting")) {
                line.append(", ")
                        .append(member.number("waiting"))
                        .append(unit(group))
                        .append(" waiting");
            }
            line("", cut(line.toString()));
        }
    }

    private void rival(Json rival) {
        String who = rival.has("pid")
                ? "pid " + rival.number("pid") + ", " + Texts.harmless(rival.text("command"))
                : "a process that can't be seen";
        line("    ", "what comes to " + Texts.harmless(rival.text("address")) + " goes elsewhere:");
        line("", cut("      " + who));
    }

    private static String unit(Json group) {
        return group.text("address").startsWith("udp:") ? " bytes" : "";
    }

    /** A stranger's command may be of any length; its beginning and its pid tell it. */
    private static String cut(String line) {
        return line.length() <= WIDTH ? line : line.substring(0, WIDTH - 1) + "…";
    }
}
