package dev.handover.supervisor.cli;

import java.io.PrintStream;

/** The supervisor's own lines, for programs. */
final class JsonSteps implements Steps {
    private final PrintStream out;

    JsonSteps(PrintStream out) {
        this.out = out;
    }

    @Override
    public void event(Json event, String line) {
        out.println(line);
        out.flush();
    }

    @Override
    public void close() {}
}
