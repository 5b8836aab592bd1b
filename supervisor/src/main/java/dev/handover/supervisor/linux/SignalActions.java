package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.Signal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a process would do with a signal, as far as /proc tells. */
public final class SignalActions {
    private static final List<String> TAKEN = List.of("SigBlk:", "SigIgn:", "SigCgt:");
    private static final int HEXADECIMAL = 16;
    /** Where a thread sleeps that takes signals by sigwait(3): shown as neither caught nor blocked meanwhile. */
    private static final String SIGWAIT = "sigtimedwait";

    private SignalActions() {}

    /**
     * Whether nothing in the process stands against the signal's default action, which ends it there and then: no thread
     * catches, ignores or blocks it, or waits for signals. That some thread does says little: a JVM catches TERM, and ends
     * all the same.
     *
     * @return false where /proc does not tell
     */
    public static boolean isDefault(long pid, Signal signal) {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            boolean some = false;
            for (Path thread : threads) {
                some = true;
                if (isTaken(thread, signal)) {
                    return false;
                }
            }
            return some;
        } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
            return false;
        }
    }

    private static boolean isTaken(Path thread, Signal signal) throws IOException {
        long bit = 1L << (signal.number() - 1);
        for (String line : Files.readAllLines(thread.resolve("status"), StandardCharsets.ISO_8859_1)) {
            for (String mask : TAKEN) {
                if (line.startsWith(mask)
                        && (Long.parseUnsignedLong(line.substring(mask.length()).trim(), HEXADECIMAL) & bit) != 0) {
                    return true;
                }
            }
        }
        return Files.readString(thread.resolve("wchan"), StandardCharsets.ISO_8859_1)
                .contains(SIGWAIT);
    }
}
