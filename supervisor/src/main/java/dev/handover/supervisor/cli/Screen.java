package dev.handover.supervisor.cli;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A terminal's other screen, drawn over and over; the first one is as it was when this ends, also by a signal. What is wider is
 * cut by the terminal, and what is higher by this.
 */
final class Screen implements AutoCloseable {
    /** The other screen (xterm's 1049), no cursor, and no line goes on in the next one. */
    private static final String ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l";

    private static final String LEAVE = "\u001b[?7h\u001b[?25h\u001b[?1049l";
    private static final String HOME = "\u001b[H";
    private static final String END_OF_LINE = "\u001b[K";
    private static final String BELOW = "\u001b[J";
    /** Of a terminal whose height nobody can tell. */
    private static final int USUAL_ROWS = 24;

    private final PrintStream out;
    private final Thread atEnd = new Thread(this::leave, "screen");
    private boolean closed;

    Screen(PrintStream out) {
        this.out = out;
        Runtime.getRuntime().addShutdownHook(atEnd);
        out.print(ENTER);
        out.flush();
    }

    /** In one piece, so that nobody sees a half of it. */
    synchronized void draw(String text) {
        if (!closed) {
            out.print(frame(text.lines().toList(), rows()));
            out.flush();
        }
    }

    static String frame(List<String> lines, int rows) {
        StringBuilder frame = new StringBuilder(HOME);
        int shown = lines.size() <= rows ? lines.size() : Math.max(0, rows - 1);
        for (int i = 0; i < shown; i++) {
            frame.append(i == 0 ? "" : "\n").append(lines.get(i)).append(END_OF_LINE);
        }
        if (shown < lines.size()) {
            frame.append(shown == 0 ? "" : "\n")
                    .append("(")
                    .append(Texts.count(lines.size() - shown, "more line"))
                    .append(")")
                    .append(END_OF_LINE);
        }
        return frame.append(BELOW).toString();
    }

    /** Asked each time: the terminal may have another size by now. */
    private static int rows() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            boolean ended = stty.waitFor(1, TimeUnit.SECONDS);
            int rows = ended ? Integer.parseInt(size.split(" ")[0].strip()) : 0;
            return rows > 0 ? rows : USUAL_ROWS;
        } catch (IOException | NumberFormatException unknown) {
            return USUAL_ROWS;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return USUAL_ROWS;
        }
    }

    private synchronized void leave() {
        if (!closed) {
            closed = true;
            out.print(LEAVE);
            out.flush();
        }
    }

    @Override
    public void close() {
        leave();
        try {
            boolean unused = Runtime.getRuntime().removeShutdownHook(atEnd);
        } catch (IllegalStateException ending) {
            // It is run already, and finds nothing to do.
        }
    }
}
