package dev.handover.supervisor.cli;

import java.io.PrintStream;

/** A line for each step, for logs and pipes. */
final class PlainSteps implements Steps {
    private final PrintStream out;

    PlainSteps(PrintStream out) {
        this.out = out;
    }

    @Override
    public void event(Json event, String line) {
        if (event.has("phase")) {
            out.println(event.text("state").equals("began") ? Step.began(event) : Step.ended(event));
        } else {
            Step.notices(event).forEach(out::println);
        }
        out.flush();
    }

    @Override
    public void close() {
        out.flush();
    }
}
