package dev.handover.supervisor.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** On the page, how one reload went and what it did to connections: its phases beside each other, and its ledger. */
final class ReloadAccount {
    /** The whole of a bar, in its own unit; a phase takes at least so much of it, to be seen at all. */
    private static final long BAR = 1000;

    private static final long LEAST = 6;

    private static final Map<String, String> COUNTERS = Map.of(
            "listen_overflows", "ListenOverflows",
            "listen_drops", "ListenDrops",
            "migrate_success", "TCPMigrateReqSuccess",
            "migrate_failure", "TCPMigrateReqFailure");

    private final Html html;
    private final Told report;

    /** @param report as docs/control.md has it */
    ReloadAccount(Html html, Told report) {
        this.html = html;
        this.report = report;
    }

    void write() {
        List<Told> phases = report.objects("phases");
        if (!phases.isEmpty()) {
            bar(phases);
            names(phases);
        }
        Optional<Told> drain = report.object("drain");
        drain.ifPresent(this::fates);
        List<String> witnesses = witnesses(drain);
        if (!witnesses.isEmpty()) {
            html.open("details").element("summary", "what the witnesses saw");
            html.open("ul");
            witnesses.forEach(line -> html.element("li", line));
            html.close().close();
        }
    }

    private void bar(List<Told> phases) {
        long all = phases.stream().mapToLong(ReloadAccount::micros).sum();
        long most = phases.stream()
                .mapToLong(phase -> Math.max(LEAST, share(phase, all)))
                .sum();
        html.open(
                "svg",
                "class",
                "bar",
                "viewBox",
                "0 0 " + most + " 8",
                "preserveAspectRatio",
                "none",
                "aria-hidden",
                "true",
                "focusable",
                "false");
        long from = 0;
        for (Told phase : phases) {
            long width = Math.max(LEAST, share(phase, all));
            html.open(
                            "rect",
                            "class",
                            part(phase),
                            "x",
                            String.valueOf(from),
                            "y",
                            "0",
                            "height",
                            "8",
                            "width",
                            String.valueOf(width - 2))
                    .close();
            from += width;
        }
        html.close();
    }

    private static long share(Told phase, long all) {
        return all == 0 ? 0 : BAR * micros(phase) / all;
    }

    private static long micros(Told phase) {
        return Math.max(phase.number("took_us"), 0);
    }

    /** Which colour it has: what is waited for is one kind, what moves connections another, what ends yet another. */
    private static String part(Told phase) {
        return switch (phase.text("phase")) {
            case "flip", "canary" -> "moving";
            case "quiesce", "drain" -> "draining";
            case "stop" -> "stopping";
            case "release", "after-flip" -> "after";
            default -> "before";
        };
    }

    private void names(List<Told> phases) {
        html.open("ol", "class", "phases", "aria-label", "phases");
        for (Told phase : phases) {
            boolean done = phase.text("end").equals("done");
            html.open("li", "class", part(phase)).text(phase.words("phase") + " ");
            html.element("b", Times.took(phase.number("took_ms")));
            html.text(done ? "" : " (" + phase.words("end") + ")").close();
        }
        html.close();
    }

    /** Those that say something bad are there with a zero, too: that is what one looks for. */
    private void fates(Told drain) {
        html.open("dl", "class", "ledger", "aria-label", "what became of the connections");
        fate("finished", drain.number("finished"), "");
        fate("closed while idle", drain.number("closed_while_idle"), "");
        fate("cut", drain.number("cut"), "bad");
        fate("not seen", drain.number("not_seen"), "doubt");
        if (drain.number("left_by_client") > 0) {
            fate("left by the client", drain.number("left_by_client"), "");
        }
        if (drain.number("handed_on") > 0) {
            fate("handed on", drain.number("handed_on"), "");
        }
        html.close();
    }

    private void fate(String name, long value, String unwanted) {
        html.open("div", "class", value > 0 ? unwanted : "");
        html.element("dt", name).element("dd", grouped(value)).close();
    }

    static String grouped(long value) {
        return String.format(Locale.ROOT, "%,d", value).replace(',', '\u202f');
    }

    private List<String> witnesses(Optional<Told> drain) {
        List<String> lines = new ArrayList<>();
        drain.ifPresent(seen -> {
            seen.object("said")
                    .ifPresent(said -> lines.add("the workers say: " + said.number("open") + " open at most, "
                            + said.number("left") + " left"));
            lines.addAll(seen.texts("doubts"));
            seen.texts("advice").forEach(advice -> lines.add("advice: " + advice));
        });
        report.object("ledger").ifPresent(ledger -> {
            lines.add(ledger.text("verdict") + ", " + ledger.text("mode")
                    + (ledger.has("why") ? " (" + ledger.text("why") + ")" : ""));
            ledger.objects("groups").forEach(group -> lines.add(group.text("queues")));
            ledger.object("counters")
                    .ifPresent(counters -> COUNTERS.keySet().stream()
                            .sorted()
                            .filter(name -> counters.number(name) != 0)
                            .forEach(name -> lines.add("the kernel counted " + COUNTERS.get(name) + " +"
                                    + counters.number(name) + " on the whole machine")));
            lines.addAll(ledger.texts("caveats"));
        });
        report.texts("unserved").forEach(address -> lines.add("nobody serves " + address + " any more"));
        report.texts("still_served").forEach(address -> lines.add("what comes to " + address + " is served still"));
        return lines;
    }
}
