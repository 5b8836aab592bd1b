package dev.handover.supervisor.cli;

import dev.handover.supervisor.config.Inheritance;
import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A command of the user's, run while new connections to a service wait. What is said of that goes to standard error, for standard
 * output is the command's; with {@code --json} the protocol's lines go there all the same.
 */
final class HoldRun {
    /** As env(1) and the shells have it, of a command that could not be started. */
    private static final int NOT_STARTED = 127;

    private static final String FIRST = "1";

    private final SupervisorConnection connection;
    private final Invocation invocation;
    private final PrintStream out;
    private final PrintStream err;

    HoldRun(SupervisorConnection connection, Invocation invocation, PrintStream out, PrintStream err) {
        this.connection = connection;
        this.invocation = invocation;
        this.out = out;
        this.err = err;
    }

    /**
     * Asks, and returns when new connections wait.
     *
     * @return the supervisor's error where they don't; null where they do
     * @throws Failure if it does not answer
     */
    @Nullable
    Json begin() throws Failure {
        try {
            connection.send(Json.line(Conversation.request(invocation)));
            Json answer = receive();
            if (answer != null) {
                return answer.object("event") == null ? answer.field("error") : null;
            }
        } catch (IOException e) {
            throw new Conversation(connection).lost(Why.of(e));
        }
        throw new Conversation(connection).lost("it ended the connection");
    }

    /**
     * Runs the command, lets new connections go on when it has ended, and says how that was.
     *
     * @return the command's exit code, 128 and the number of the signal that ended it, or 127 where it could not be started
     */
    int awaitEnd() {
        Process command = start();
        if (command != null) {
            // Nothing comes of it that is not told by the answer that is waited for here.
            CompletableFuture<Void> unused = command.onExit().thenRun(this::end);
        } else {
            end();
        }
        showEnd(command);
        try {
            return command == null ? NOT_STARTED : command.waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return ExitCode.FAILED.number();
        }
    }

    private @Nullable Process start() {
        try {
            ProcessBuilder command = new ProcessBuilder(invocation.command()).inheritIO();
            Inheritance.undo(command.environment(), name -> name);
            return command.start();
        } catch (IOException e) {
            sayItself(NOT_STARTED, invocation.command().get(0) + " could not be started: " + Why.of(e));
            return null;
        }
    }

    /** On a thread of its own, while another one waits for what this leads to. */
    private void end() {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("id", "2");
        request.put("method", invocation.verb().word());
        request.put("service", String.valueOf(invocation.service()));
        request.put("end", true);
        try {
            connection.send(Json.line(request));
        } catch (IOException e) {
            // It has ended already, and whoever waits for that is told why.
        }
    }

    private void showEnd(@Nullable Process command) {
        String lost = "the supervisor ended the connection";
        try {
            for (Json answer = receive(); answer != null; answer = receive()) {
                Json result = answer.object("result");
                if (answer.text("id").equals(FIRST)) {
                    boolean early = command != null && command.isAlive();
                    String over = result == null
                            ? answer.field("error").text("message")
                            : text(result).strip();
                    say(Texts.harmless(over) + (early ? "; the command goes on" : ""));
                    return;
                }
            }
        } catch (IOException e) {
            lost = "the supervisor is gone (" + Why.of(e) + ")";
        }
        sayItself(ExitCode.SUPERVISOR_NOT_RUNNING.number(), lost + ", and the hold has ended with it");
    }

    private @Nullable Json receive() throws IOException {
        String line = connection.receive();
        if (line != null && invocation.json()) {
            out.println(line);
        }
        return line == null ? null : Json.parse(line);
    }

    /** What the supervisor does not say. */
    private void sayItself(int code, String text) {
        if (invocation.json()) {
            out.println(Json.failure(code, text));
        }
        say(text);
    }

    private void say(String text) {
        if (!invocation.json()) {
            err.println(CommandNames.CTL + ": " + text);
            err.flush();
        }
    }

    /** How a hold ended, in one line for people. */
    static String text(Json result) {
        long dropped = result.number("syns_dropped");
        return Texts.harmless(result.text("service")) + ": new connections waited for "
                + Texts.shortDuration(result.number("lasted_ms")) + " and go on: "
                + Texts.harmless(result.text("end")) + "; "
                + (dropped == 0
                        ? "none came"
                        : Texts.count(dropped, "SYN") + (dropped == 1 ? " was" : " were")
                                + " dropped, of at most as many connections; how many came back is not shown")
                + "\n";
    }
}
