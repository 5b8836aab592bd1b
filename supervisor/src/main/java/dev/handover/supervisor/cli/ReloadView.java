package dev.handover.supervisor.cli;

import java.util.ArrayList;
import java.util.List;

/** What became of a reload, in a few lines for each service. */
final class ReloadView {
    private ReloadView() {}

    /** @param answer a result or an error that carries reloads; empty text where it carries none */
    static String of(Json answer) {
        StringBuilder text = new StringBuilder();
        for (Json reload : answer.objects("reloads")) {
            append(reload, text);
        }
        return text.toString();
    }

    /** Of one service. */
    static String ofOne(Json reload) {
        StringBuilder text = new StringBuilder();
        append(reload, text);
        return text.toString();
    }

    private static void append(Json reload, StringBuilder text) {
        String service = Texts.harmless(reload.text("service"));
        String reason = Texts.harmless(reload.text("reason"));
        String outcome = reload.text("outcome");
        if (!outcome.equals("completed")) {
            text.append(service + ": reload " + Texts.words(outcome) + ": " + reason);
        } else if (reload.has("to")) {
            String serves = reload.has("succeeded_by")
                    ? " has served, and generation " + reload.number("succeeded_by") + " does now"
                    : " serves" + how(reload);
            text.append(service + ": generation " + reload.number("to") + serves);
            if (reload.has("from")) {
                text.append(", generation " + reload.number("from") + fate(reload));
            }
        } else {
            text.append(reason.startsWith(service) ? reason : service + ": " + reason);
        }
        text.append('\n');
        reload.texts("unserved")
                .forEach(address -> line(List.of("nobody serves " + Texts.harmless(address) + " any more"), text));
        reload.texts("still_served")
                .forEach(address ->
                        line(List.of("what comes to " + Texts.harmless(address) + " is served still"), text));
        Json back = reload.object("rolled_back");
        if (back != null && outcome.equals("completed")) { // else the reason says it
            line(List.of("generation " + reload.number("from") + " " + Texts.harmless(back.text("text"))), text);
        }
        line(phases(reload), text);
        Json drain = reload.object("drain");
        if (drain != null) {
            drain(drain, text);
        }
        Json ledger = reload.object("ledger");
        if (ledger != null) {
            ledger(ledger, text);
        }
        List<String> lastLines = reload.texts("last_lines");
        if (!lastLines.isEmpty()) {
            line(List.of("its last lines:"), text);
            lastLines.forEach(last -> line(List.of("| " + Texts.harmless(last)), text));
        }
    }

    /** It served beside a canary, or comes to serve again. */
    private static String how(Json reload) {
        Json back = reload.object("rolled_back");
        if (back == null) {
            return "";
        }
        return back.has("canary") ? " on, alone" : " again";
    }

    private static String fate(Json reload) {
        return reload.has("standby_ms") ? " stands by for " + Texts.duration(reload.number("standby_ms")) : " is gone";
    }

    private static List<String> phases(Json reload) {
        List<String> phases = new ArrayList<>();
        for (Json phase : reload.objects("phases")) {
            String end = phase.text("end");
            phases.add(Texts.words(phase.text("phase")) + " " + Texts.shortDuration(phase.number("took_ms"))
                    + (end.equals("done") ? "" : " (" + Texts.words(end) + ")"));
        }
        return phases;
    }

    /** How the workers of a service drained that was told to stop; empty text where it has no connections. */
    static String drainOf(Json stopped) {
        StringBuilder text = new StringBuilder();
        Json drain = stopped.object("drain");
        if (drain != null) {
            drain(drain, text);
        }
        return text.toString();
    }

    private static void drain(Json drain, StringBuilder text) {
        List<String> seen = new ArrayList<>(List.of(
                "finished " + drain.number("finished"),
                "closed while idle " + drain.number("closed_while_idle"),
                "cut " + drain.number("cut"),
                "not seen " + drain.number("not_seen")));
        if (drain.number("left_by_client") > 0) {
            seen.add("left by the client " + drain.number("left_by_client"));
        }
        if (drain.number("handed_on") > 0) {
            seen.add("handed on " + drain.number("handed_on"));
        }
        text.append("  the kernel shows: ").append(String.join(", ", seen)).append('\n');
        Json said = drain.object("said");
        if (said != null) {
            text.append("  the workers say: ")
                    .append(Texts.count(said.number("open"), "connection") + " open, " + said.number("left") + " left")
                    .append('\n');
        }
        drain.texts("doubts").forEach(doubt -> line(List.of(Texts.harmless(doubt)), text));
        drain.texts("advice").forEach(advice -> line(List.of("advice: " + Texts.harmless(advice)), text));
    }

    private static void ledger(Json ledger, StringBuilder text) {
        List<String> verdict = new ArrayList<>();
        verdict.add(Texts.harmless(ledger.text("verdict")));
        verdict.add(Texts.words(ledger.text("mode"))
                + (ledger.has("why") ? " (" + Texts.harmless(ledger.text("why")) + ")" : ""));
        line(verdict, text);
        for (Json group : ledger.objects("groups")) {
            line(List.of(Texts.harmless(group.text("queues"))), text);
        }
        Json counters = ledger.object("counters");
        if (counters != null) {
            line(
                    List.of(
                            "ListenOverflows +" + counters.number("listen_overflows"),
                            "ListenDrops +" + counters.number("listen_drops"),
                            "TCPMigrateReqSuccess +" + counters.number("migrate_success"),
                            "TCPMigrateReqFailure +" + counters.number("migrate_failure")),
                    text);
        }
        ledger.texts("caveats").forEach(caveat -> line(List.of(Texts.harmless(caveat)), text));
    }

    private static void line(List<String> parts, StringBuilder text) {
        if (!parts.isEmpty()) {
            text.append("  ").append(String.join(", ", parts)).append('\n');
        }
    }
}
