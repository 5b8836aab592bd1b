package dev.handover.supervisor.cli;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** For a terminal: a line for each phase that has ended, and a last one that lives, with the phases under way. */
final class LiveSteps implements Steps {
    private static final long REDRAW_MILLIS = 200;
    /** Of a terminal whose width nobody can tell; a longer line would wrap, and could not be redrawn. */
    private static final int WIDTH = 79;
    /** Carriage return, then "erase to the end of the line" (ECMA-48). */
    private static final String ERASE = "\r\u001b[K";

    private final PrintStream out;
    private final Map<String, UnderWay> underWay = new LinkedHashMap<>();
    private final long asked = System.nanoTime();
    private String waiting = "asking the supervisor";
    private boolean closed;

    private record UnderWay(String text, long since) {}

    LiveSteps(PrintStream out) {
        this.out = out;
    }

    void start() {
        Thread redraw = new Thread(this::redrawUntilClosed, "live line");
        redraw.setDaemon(true);
        redraw.start();
    }

    @Override
    public synchronized void event(Json event, String line) {
        if (event.has("accepted")) {
            waiting = Texts.harmless(event.text("accepted").lines().findFirst().orElse(""));
            Step.notices(event).forEach(notice -> out.print(ERASE + notice + "\n"));
        } else if (event.text("state").equals("began")) {
            underWay.put(Step.key(event), new UnderWay(Step.began(event), System.nanoTime()));
        } else {
            underWay.remove(Step.key(event));
            out.print(ERASE + Step.ended(event) + "\n");
        }
        redraw();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            notifyAll();
            out.print(ERASE);
            out.flush();
        }
    }

    private synchronized void redrawUntilClosed() {
        try {
            while (!closed) {
                redraw();
                wait(REDRAW_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void redraw() {
        StringBuilder line = new StringBuilder();
        for (UnderWay phase : underWay.values()) {
            line.append(line.length() == 0 ? "" : " | ")
                    .append(phase.text())
                    .append(", ")
                    .append(Texts.duration(Step.millisSince(phase.since())));
        }
        if (underWay.isEmpty()) {
            line.append(waiting).append(", ").append(Texts.duration(Step.millisSince(asked)));
        }
        out.print(ERASE + line.substring(0, Math.min(line.length(), WIDTH)));
        out.flush();
    }
}
