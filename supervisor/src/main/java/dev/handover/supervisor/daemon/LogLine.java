package dev.handover.supervisor.daemon;

import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.Subject;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A line of the log.
 *
 * @param message without control characters
 * @param time to be shown; empty where the reader knows it
 */
record LogLine(Level severity, Subject subject, String message, String time) {
    /** On a stream. */
    String text(boolean journal) {
        return journal
                ? "<" + severity.priority() + ">" + message + "\n"
                : time + " " + severity + " " + message + "\n";
    }

    /** In the journal's native protocol: a field a line, as none of these has a newline in it. */
    byte[] entry() {
        StringBuilder text = new StringBuilder();
        field("MESSAGE", message, text);
        field("PRIORITY", severity.priority(), text);
        field("SYSLOG_IDENTIFIER", CommandNames.DAEMON, text);
        field("SERVICE", subject.service(), text);
        field("GENERATION", subject.generation(), text);
        field("WORKER", subject.worker(), text);
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void field(String name, Optional<?> value, StringBuilder text) {
        value.ifPresent(known -> field(name, known, text));
    }

    private static void field(String name, Object value, StringBuilder text) {
        text.append(name).append('=').append(value).append('\n');
    }
}
