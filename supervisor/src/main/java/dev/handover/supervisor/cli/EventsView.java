package dev.handover.supervisor.cli;

import java.io.PrintStream;

/** What {@code supervisorctl events} shows: a line for each thing that happened, as it comes. */
final class EventsView implements Steps {
    private static final int WIDEST_NAME = 21;

    private final PrintStream out;
    private final boolean json;
    private long last;

    EventsView(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    @Override
    public void event(Json event, String line) {
        last = Math.max(last, event.number("number"));
        out.println(json ? line : text(event));
        out.flush();
    }

    /** The number of the newest that was shown; 0 before the first. */
    long last() {
        return last;
    }

    static String text(Json event) {
        if (event.has("not_shown")) {
            return Texts.count(event.number("not_shown"), "event") + " not shown: kept no more, of all services";
        }
        String what = Texts.harmless(event.text("what"));
        return time(event.text("at")) + "  " + what + " ".repeat(Math.max(1, WIDEST_NAME - what.length()))
                + Texts.harmless(event.text("text"));
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
