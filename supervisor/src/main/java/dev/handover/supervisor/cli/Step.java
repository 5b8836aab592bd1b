package dev.handover.supervisor.cli;

import java.util.List;

/** One step of a reload in words. */
final class Step {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private Step() {}

    /** What tells the phases under way apart. */
    static String key(Json event) {
        return event.text("service") + " " + event.text("phase");
    }

    /** What it is good to know of what was accepted. */
    static List<String> notices(Json event) {
        return event.text("accepted").lines().skip(1).map(Texts::harmless).toList();
    }

    static String began(Json event) {
        return Texts.harmless(event.text("text"));
    }

    static String ended(Json event) {
        String end = event.text("end");
        if (endsAll(event.text("phase"), end)) {
            // The reason comes with the answer, once.
            return Texts.harmless(event.text("service")) + " generation " + event.numberText("generation") + ": "
                    + Texts.words(end) + " (" + Texts.words(event.text("phase")) + ", "
                    + Texts.shortDuration(event.number("took_ms")) + ")";
        }
        return Texts.harmless(event.text("text")) + " (" + Texts.words(event.text("phase"))
                + (end.equals("done") ? "" : ": " + Texts.words(end)) + ", "
                + Texts.shortDuration(event.number("took_ms")) + ")";
    }

    /** Whether nothing comes after a phase that ended so, but the answer. A handover that has flipped goes on. */
    private static boolean endsAll(String phase, String end) {
        return end.equals("cancelled") || (!end.equals("done") && (phase.equals("start") || phase.equals("flip")));
    }

    static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / NANOS_PER_MILLI;
    }
}
