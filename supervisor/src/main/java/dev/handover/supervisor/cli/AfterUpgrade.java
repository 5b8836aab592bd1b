package dev.handover.supervisor.cli;

import dev.handover.supervisor.control.Verb;
import dev.handover.supervisor.terms.CommandNames;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Asks for what has become of an upgrade, until the supervisor that runs then answers. */
final class AfterUpgrade {
    /** Longer than one that can't take over may take to go back. */
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private static final Duration BETWEEN = Duration.ofMillis(20);

    private final Path control;
    private final Json upgrade;

    /** @param upgrade as the supervisor said as it gave way */
    AfterUpgrade(Path control, Json upgrade) {
        this.control = control;
        this.upgrade = upgrade;
    }

    /** @throws Failure if none answers in time */
    Conversation.Answer await() throws Failure {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            try (SupervisorConnection connection = SupervisorConnection.open(control)) {
                Invocation version = new Invocation(Verb.VERSION, control, true, null, true, null);
                Conversation.Answer answer = new Conversation(connection).ask(version, Steps.NONE);
                if (of(answer).text("id").equals(upgrade.text("id"))) {
                    return answer;
                }
            } catch (Failure notYet) {
                // One that has just been given up, or that has not come so far.
            }
            pause();
        }
        throw new Failure(
                ExitCode.SUPERVISOR_NOT_RUNNING,
                "no supervisor has answered at " + control + " since version " + upgrade.text("to")
                        + " was to take over; its log has the reason, and the workers serve on");
    }

    private static void pause() throws Failure {
        try {
            TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Failure(ExitCode.FAILED, "interrupted");
        }
    }

    /** What a supervisor says of the upgrade that it is the outcome of. */
    static Json of(Conversation.Answer answer) {
        Json result = answer.result();
        return result == null ? new Json() : result.field("upgrade");
    }

    static String text(Json outcome) {
        String from = Texts.harmless(outcome.text("from"));
        String to = Texts.harmless(outcome.text("to"));
        String adopted = Texts.count(outcome.number("workers"), "worker") + " of "
                + Texts.count(outcome.number("services"), "service") + " adopted, "
                + Texts.shortDuration(outcome.number("without_ms")) + " without a supervisor\n";
        return outcome.text("outcome").equals("completed")
                ? CommandNames.DAEMON + " " + from + " -> " + to + ": " + adopted
                : CommandNames.CTL + ": version " + to + " did not take over: " + Texts.harmless(outcome.text("reason"))
                        + "\n" + CommandNames.CTL + ": version " + from + " runs again: " + adopted;
    }
}
