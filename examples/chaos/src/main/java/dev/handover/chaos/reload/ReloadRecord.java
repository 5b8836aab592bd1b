package dev.handover.chaos.reload;

import java.util.List;

/**
 * What one reload did.
 *
 * @param number from 1
 * @param atSeconds when it began, from the start of the load
 * @param seconds how long it took
 * @param exitCode the command's, or -1 where it had none
 * @param timedOut whether it took too long and was killed
 * @param lastLines the end of its output, standard error included
 */
public record ReloadRecord(
        int number, double atSeconds, double seconds, int exitCode, boolean timedOut, List<String> lastLines) {

    public ReloadRecord {
        lastLines = List.copyOf(lastLines);
    }

    public boolean hasFailed() {
        return exitCode != 0;
    }
}
