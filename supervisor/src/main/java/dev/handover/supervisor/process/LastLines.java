package dev.handover.supervisor.process;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The last lines of a worker's output: of a Java stack trace what happened and its causes, and not where. */
final class LastLines {
    private static final int KEPT = 20;

    /** As Throwable.printStackTrace and logging libraries write them, with each tab made spaces. */
    private static final Pattern FRAME =
            Pattern.compile("\\s+at \\S.*|\\s+\\.\\.\\. \\d+ (more|common frames omitted)");

    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private int framesLeftOut;

    void add(String line) {
        if (FRAME.matcher(line).matches()) {
            framesLeftOut++;
            return;
        }
        tellFrames();
        keep(line);
    }

    private void tellFrames() {
        if (framesLeftOut > 0) {
            keep("    (" + framesLeftOut + (framesLeftOut == 1 ? " frame)" : " frames)"));
            framesLeftOut = 0;
        }
    }

    private void keep(String line) {
        if (lines.size() == KEPT) {
            lines.removeFirst();
        }
        lines.addLast(line);
    }

    List<String> all() {
        tellFrames();
        return new ArrayList<>(lines);
    }
}
