package dev.handover.supervisor.cli;

import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request and its answers. */
final class Conversation {
    private static final String ID = "1";
    private static final Duration AT_ONCE = Duration.ofSeconds(30);

    private final SupervisorConnection connection;

    Conversation(SupervisorConnection connection) {
        this.connection = connection;
    }

    /**
     * @param json the line's object
     * @param line the last line, as the supervisor sent it
     */
    record Answer(Json json, String line) {
        /** @return null where the request was not carried out */
        @Nullable
        Json result() {
            return json.object("result");
        }

        /** What the supervisor said against it; empty for a result. */
        Json error() {
            return json.field("error");
        }
    }

    /**
     * Asks, shows the steps, and returns the last answer.
     *
     * @throws Failure if there is none
     */
    Answer ask(Invocation invocation, Steps steps) throws Failure {
        try (Deadline deadline = new Deadline(limit(invocation), connection)) {
            try {
                @Nullable IOException notSent = send(invocation);
                for (String line = connection.receive(); line != null; line = connection.receive()) {
                    Json json = Json.parse(line);
                    Json event = json.object("event");
                    if (event == null) {
                        return new Answer(json, line);
                    }
                    steps.event(event, line);
                }
                if (notSent != null) {
                    throw notSent;
                }
            } catch (IOException e) {
                if (!deadline.hasPassed()) {
                    throw lost(Why.of(e));
                }
            }
            throw deadline.hasPassed() ? timedOut(invocation) : lost("it ended the connection");
        }
    }

    /** A supervisor that takes no request may have said why before it closed: that is read first. */
    private @Nullable IOException send(Invocation invocation) {
        try {
            connection.send(Json.line(request(invocation)));
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    /** What is answered at once has a limit also where none was asked for: a supervisor that stands still answers nothing. */
    private static @Nullable Duration limit(Invocation invocation) {
        return invocation.timeout() == null && isAnsweredAtOnce(invocation) ? AT_ONCE : invocation.timeout();
    }

    private static boolean isAnsweredAtOnce(Invocation invocation) {
        return (invocation.verb().isAnsweredAtOnce() && !invocation.follows())
                || invocation.fields().containsKey("dry_run");
    }

    /** What the control protocol has for it. */
    static Map<String, Object> request(Invocation invocation) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("id", ID);
        request.put("method", invocation.verb().word());
        if (invocation.service() != null) {
            request.put("service", invocation.service());
        }
        if (!invocation.waits()) {
            request.put("wait", false);
        }
        request.putAll(invocation.fields());
        return request;
    }

    Failure lost(String why) {
        return new Failure(
                ExitCode.SUPERVISOR_NOT_RUNNING,
                "the supervisor at " + connection.socket() + " went away before it had answered (" + why
                        + "); what became of the request is unknown");
    }

    private Failure timedOut(Invocation invocation) {
        if (isAnsweredAtOnce(invocation)) {
            return new Failure(
                    ExitCode.SUPERVISOR_NOT_RUNNING, "the supervisor at " + connection.socket() + " does not answer");
        }
        return new Failure(
                ExitCode.FAILED,
                "the " + invocation.verb().word() + " has not ended within "
                        + Texts.duration(
                                invocation.timeout() == null
                                        ? 0
                                        : invocation.timeout().toMillis())
                        + "; it goes on");
    }
}
