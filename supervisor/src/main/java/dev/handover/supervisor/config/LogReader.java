package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.LogSpec;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads {@code log} of a service. */
final class LogReader {
    private static final String FORM = "a table such as { file = \"web.log\" }";

    private LogReader() {}

    /**
     * Empty if it is no log; then there is a problem.
     *
     * @param folder that a relative path starts from
     * @param logs all of the configuration
     */
    static Optional<LogSpec> read(Node log, Path folder, LogRegistry logs) {
        Map<String, Node> table = log.entries(FORM, Key.Table.LOG.keys(), Key.Table.LOG.expected());
        if (!log.isTable()) {
            return Optional.empty();
        }
        Optional<Path> file = file(log, table, folder);
        OptionalLong size = size(table);
        int keep = Values.integer(table, Key.KEEP, LogSpec.MOST_KEPT);
        boolean prefix = Values.bool(table, Key.PREFIX);
        boolean stderr = Values.bool(table, Key.STDERR);
        Optional<LogSpec> spec = file.map(path -> new LogSpec(path, size, keep, prefix, stderr));
        spec.ifPresent(there -> logs.add(there, table.getOrDefault(Key.FILE.text(), log)));
        return spec;
    }

    private static Optional<Path> file(Node log, Map<String, Node> table, Path folder) {
        Node node = table.get(Key.FILE.text());
        if (node == null) {
            log.problemBelow(Key.FILE.text(), "missing; expected a path");
            return Optional.empty();
        }
        Optional<Path> path = Paths.read(node, folder);
        boolean named = path.map(Path::getFileName)
                .filter(name -> !name.toString().equals(".."))
                .isPresent();
        if (path.isPresent() && !named) {
            node.problem("expected the path of a file, not " + path.get());
        }
        return named ? path : Optional.empty();
    }

    private static OptionalLong size(Map<String, Node> table) {
        OptionalLong absent = SizeText.parse(Key.SIZE.defaultText());
        Node node = table.get(Key.SIZE.text());
        return node == null
                ? absent
                : node.string(SizeText.FORM)
                        .flatMap(text -> Values.parsed(text, node, SizeText::parse))
                        .orElse(absent);
    }
}
