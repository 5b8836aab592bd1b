package dev.handover.supervisor.cli;

import java.io.PrintStream;

/** What {@code supervisorctl events} and {@code logs} show: a line for each thing that happened, or was written, as it comes. */
final class EventsView implements Steps {
    private static final int WIDEST_NAME = 21;

    private final PrintStream out;
    private final boolean json;
    private long last;
    private long shown;

    EventsView(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    @Override
    public void event(Json event, String line) {
        last = Math.max(last, event.number("number"));
        shown++;
        out.println(json ? line : text(event));
        out.flush();
    }

    /** The number of the newest that was shown; 0 before the first. */
    long last() {
        return last;
    }

    /** How many lines were shown. */
    long shown() {
        return shown;
    }

    static String text(Json event) {
        if (event.has("not_shown")) {
            return Texts.count(event.number("not_shown"), "line") + " not shown, of whatever kind: kept no more";
        }
        if (!event.has("what")) {
            return time(event.text("at")) + " " + written(event);
        }
        String what = Texts.harmless(event.text("what"));
        return time(event.text("at")) + "  " + what + " ".repeat(Math.max(1, WIDEST_NAME - what.length()))
                + Texts.harmless(event.text("text"));
    }

    /** As the supervisor's log has it. */
    private static String written(Json line) {
        String worker = Texts.harmless(line.text("worker"));
        return Texts.harmless(line.text("service")) + "/g" + line.number("generation") + "/" + worker + ": "
                + Texts.harmless(line.text("text"));
    }

    /** Of a whole second, Java writes no milliseconds. */
    static String time(String at) {
        String whole = at.length() == "2026-12-01T06:00:00Z".length() ? at.replace("Z", ".000Z") : at;
        return Texts.harmless(whole);
    }

    @Override
    public void close() {
        out.flush();
    }
}
