package dev.handover.supervisor.cli;

import dev.handover.supervisor.terms.CommandNames;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The status again and again, until it is ended, also of the supervisor that comes when this one goes. */
final class Watching {
    private final Following.Connecting connecting;
    private final Invocation invocation;
    private final Duration pause;
    private final PrintStream out;
    private @Nullable SupervisorConnection connection;

    Watching(Following.Connecting connecting, Invocation invocation, Duration pause, PrintStream out) {
        this.connecting = connecting;
        this.invocation = invocation;
        this.pause = pause;
        this.out = out;
    }

    /**
     * Returns where the supervisor refuses it, or nobody reads any more.
     *
     * @param terminal whether there is one to draw on; else each status is printed behind the one before
     * @throws Failure if there is no supervisor to begin with
     */
    Conversation.Answer watch(boolean terminal) throws Failure {
        try {
            Conversation.Answer answer = ask();
            if (answer.result() == null) {
                return answer;
            }
            return terminal ? draw(answer) : print(answer);
        } finally {
            disconnect();
        }
    }

    private Conversation.Answer draw(Conversation.Answer first) throws Failure {
        String heading = "every " + Texts.duration(pause.toMillis()) + ", until Ctrl-C";
        try (Screen screen = new Screen(out)) {
            Conversation.Answer answer = first;
            String text = StatusView.of(result(first));
            String trouble = "";
            while (!out.checkError()) {
                screen.draw(heading + trouble + "\n\n" + text);
                pause();
                try {
                    answer = ask();
                    text = StatusView.of(result(answer));
                    trouble = "";
                } catch (Failure lost) {
                    disconnect();
                    trouble = "; " + Texts.harmless(lost.message()) + "; what it said last:";
                }
                if (answer.result() == null) {
                    return answer;
                }
            }
            return answer;
        }
    }

    private Conversation.Answer print(Conversation.Answer first) throws Failure {
        Conversation.Answer answer = first;
        while (answer.result() != null && !out.checkError()) {
            out.print(invocation.json() ? answer.line() + "\n" : StatusView.of(result(answer)) + "\n");
            out.flush();
            pause();
            answer = ask();
        }
        return answer;
    }

    private static Json result(Conversation.Answer answer) {
        Json result = answer.result();
        return result == null ? new Json() : result;
    }

    private Conversation.Answer ask() throws Failure {
        SupervisorConnection open = connection == null ? connecting.connect() : connection;
        connection = open;
        return new Conversation(open).ask(invocation, Steps.NONE);
    }

    private void disconnect() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    private void pause() throws Failure {
        try {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Failure(ExitCode.FAILED, CommandNames.CTL + " was interrupted");
        }
    }
}
