package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.LogSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The log files of all services. Two that write to one file would each rotate it under the other. */
final class LogRegistry {
    private record Declared(LogSpec log, Node node) {}

    private final List<Declared> all = new ArrayList<>();

    void add(LogSpec log, Node node) {
        all.add(new Declared(log, node));
    }

    void reportConflicts() {
        all.sort(Comparator.comparing(Declared::node, Node.BY_PLACE));
        for (int i = 0; i < all.size(); i++) {
            Declared later = all.get(i);
            all.subList(0, i).stream()
                    .filter(earlier -> isOneOf(later.log.file(), earlier.log) || isOneOf(earlier.log.file(), later.log))
                    .findFirst()
                    .ifPresent(earlier -> later.node.problem(later.log.file() + " is a log of another service already ("
                            + earlier.node.key() + ", " + earlier.node.placeFor(later.node)
                            + "); expected a file for each, rotated ones (.1, .2, …) included"));
        }
    }

    /** Whether it is a log's file, or will be when that is rotated. */
    private static boolean isOneOf(Path file, LogSpec log) {
        return real(file).equals(real(log.file()))
                || IntStream.rangeClosed(1, log.keep())
                        .anyMatch(number -> real(file).equals(real(log.earlier(number))));
    }

    /** One folder may have several paths. */
    private static Path real(Path file) {
        try {
            return file.resolveSibling("").toRealPath().resolve(file.getFileName());
        } catch (IOException notThere) {
            return file;
        }
    }
}
