package dev.handover.supervisor.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;

/** What {@code supervisorctl explain} shows: the last reload of each service, as it went, in 80 columns. */
final class ExplainView {
    private static final int WIDTH = 80;
    private static final int TIMES = 12;

    private final StringBuilder text = new StringBuilder();

    private ExplainView() {}

    static String of(Json result) {
        List<Json> explained = result.objects("explained");
        if (explained.isEmpty()) {
            return "no reload is told of in what is kept of the events\n";
        }
        ExplainView view = new ExplainView();
        explained.forEach(view::story);
        return view.text.toString();
    }

    private void story(Json story) {
        List<Json> events = story.objects("events");
        String begin = events.isEmpty() ? "" : events.get(0).text("at");
        text.append(text.length() == 0 ? "" : "\n");
        wrapped(
                "",
                "  ",
                Texts.harmless(story.text("service")) + ": the last reload "
                        + (story.flag("under_way") ? "is under way, since " : "began at ")
                        + EventsView.time(begin));
        for (Json event : events) {
            String at = sinceThen(begin, event.text("at"));
            wrapped(
                    "  " + " ".repeat(Math.max(0, TIMES - 4 - at.length())) + at + "  ",
                    " ".repeat(TIMES),
                    told(event));
        }
        Json reload = story.object("reload");
        if (reload != null) {
            text.append("  what it came to:\n");
            ReloadView.ofOne(reload).lines().forEach(line -> wrapped("    ", "      ", line));
        }
    }

    /** What comes to a whole paragraph stands in the report. */
    private static String told(Json event) {
        String sentence = Texts.harmless(event.text("text"));
        boolean counted =
                event.text("what").equals("handed-over") || event.text("what").equals("reload-ended");
        int figures = sentence.indexOf("; ");
        return counted && figures > 0 ? sentence.substring(0, figures) : sentence;
    }

    private static String sinceThen(String begin, String at) {
        try {
            long millis =
                    Duration.between(Instant.parse(begin), Instant.parse(at)).toMillis();
            return millis < 0 ? "earlier" : "+" + Texts.shortDuration(millis); // the clock was set back
        } catch (DateTimeParseException unknown) {
            return "";
        }
    }

    /** The words, on as many lines as it takes; one that is longer than a line has one of its own. */
    private void wrapped(String first, String others, String words) {
        StringBuilder line = new StringBuilder(first);
        int indent = words.length() - words.stripLeading().length();
        line.append(" ".repeat(indent));
        boolean fresh = true;
        for (String word : words.strip().split(" ")) {
            if (!fresh && line.length() + 1 + word.length() > WIDTH) {
                text.append(line).append('\n');
                line = new StringBuilder(others).append(" ".repeat(indent));
                fresh = true;
            }
            line.append(fresh ? "" : " ").append(word);
            fresh = false;
        }
        text.append(line).append('\n');
    }
}
