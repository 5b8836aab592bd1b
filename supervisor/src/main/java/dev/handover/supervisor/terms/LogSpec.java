package dev.handover.supervisor.terms;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The file that a service's workers have their output written to.
 *
 * @param file absolute; the supervisor's user opens it
 * @param size in bytes, {@value #LEAST_SIZE} or more: a line that would make it larger begins the next file; empty where it
 *     is never rotated by the supervisor
 * @param keep how many earlier files are kept, as {@code file.1}, the newest, to {@code file.N}; 1 to {@value #MOST_KEPT}
 * @param prefix whether each line has the time and the worker before it
 * @param stderr whether the supervisor's own log gets the lines, too
 */
public record LogSpec(Path file, OptionalLong size, int keep, boolean prefix, boolean stderr) {
    public static final long LEAST_SIZE = 1024;
    public static final int MOST_KEPT = 1000;

    public LogSpec {
        if (!file.isAbsolute() || file.getFileName() == null) {
            throw new IllegalArgumentException("a log's path must be absolute and name a file, not " + file);
        }
        if (size.orElse(LEAST_SIZE) < LEAST_SIZE) {
            throw new IllegalArgumentException("a log's size must be at least " + LEAST_SIZE + " bytes");
        }
        if (keep < 1 || keep > MOST_KEPT) {
            throw new IllegalArgumentException("1 to " + MOST_KEPT + " earlier files are kept, not " + keep);
        }
    }

    /** Where the file has gone that was followed by so many others. */
    public Path earlier(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }
}
