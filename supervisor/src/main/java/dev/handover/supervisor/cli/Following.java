package dev.handover.supervisor.cli;

import dev.handover.supervisor.control.Verb;
import dev.handover.supervisor.terms.CommandNames;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Follows what happens, or is written, until it is ended, also from one supervisor to the next that takes its place. */
final class Following {
    /** As long as an upgrade, or a restart, may take. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final Duration BETWEEN = Duration.ofMillis(200);

    /** How a connection to the supervisor is made. */
    @FunctionalInterface
    interface Connecting {
        SupervisorConnection connect() throws Failure;
    }

    private final Connecting connecting;
    private final EventsView view;
    private final PrintStream out;
    private final PrintStream err;

    Following(Connecting connecting, EventsView view, PrintStream out, PrintStream err) {
        this.connecting = connecting;
        this.view = view;
        this.out = out;
        this.err = err;
    }

    /**
     * Returns where the supervisor refuses it, or what is shown is read no more.
     *
     * @throws Failure if there is no supervisor, or it went away and none came in time
     */
    Conversation.Answer follow(Invocation invocation) throws Failure {
        Invocation asked = invocation;
        SupervisorConnection connection = connecting.connect();
        while (true) {
            try (SupervisorConnection open = connection) {
                return new Conversation(open).ask(asked, view);
            } catch (Failure lost) {
                if (lost.code() != ExitCode.SUPERVISOR_NOT_RUNNING || out.checkError()) {
                    throw lost;
                }
                err.println(CommandNames.CTL + ": the supervisor went away; the next one is waited for");
                err.flush();
                connection = reconnect(lost);
                asked = invocation.with(from(invocation));
            }
        }
    }

    private SupervisorConnection reconnect(Failure lost) throws Failure {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            try {
                TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
                return connecting.connect();
            } catch (NotRunning notYet) {
                // It has not come so far.
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw lost;
            }
        }
        throw new Failure(
                ExitCode.SUPERVISOR_NOT_RUNNING,
                "the supervisor went away, and none has come within " + Texts.duration(LIMIT.toMillis()));
    }

    /** All that has happened since what was shown last. */
    private Map<String, Object> from(Invocation invocation) {
        Map<String, Object> fields = new LinkedHashMap<>(invocation.fields());
        if (invocation.verb() == Verb.LOGS || view.last() > 0) { // of output, the next one begins with what is new
            fields.remove("since_ms");
            fields.remove("last");
        }
        if (view.last() > 0) {
            fields.put("after", view.last());
        }
        return fields;
    }
}
