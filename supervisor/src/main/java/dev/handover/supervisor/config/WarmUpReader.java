package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.WarmUpSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads {@code warm-up} of a service. */
final class WarmUpReader {
    private static final String FORM = "a table such as { http = \"/path\" }";
    private static final String PATH = "a path such as \"/health\"";

    private WarmUpReader() {}

    /** Empty if it is no warm-up; then there is a problem. */
    static Optional<WarmUpSpec> read(Node warmUp, List<ListenAddress> listen, Moving handover) {
        Map<String, Node> table = warmUp.entries(FORM, Key.Table.WARM_UP.keys(), Key.Table.WARM_UP.expected());
        if (!warmUp.isTable()) {
            return Optional.empty();
        }
        checkService(warmUp, listen, handover);
        Optional<String> path = path(warmUp, table);
        int requests = Values.integer(table, Key.REQUESTS, WarmUpSpec.MOST_REQUESTS);
        int concurrency = Values.integer(table, Key.CONCURRENCY, WarmUpSpec.MOST_AT_A_TIME);
        Duration timeout = Values.duration(table, Key.TIMEOUT);
        boolean tls = table.containsKey(Key.HTTPS.text());
        return path.map(there -> new WarmUpSpec(tls, there, requests, concurrency, timeout));
    }

    private static void checkService(Node warmUp, List<ListenAddress> listen, Moving handover) {
        if (listen.stream().noneMatch(address -> address.transport() == Transport.TCP)) {
            warmUp.problem(
                    "it is sent to the service's address, and none is declared; expected a tcp:// one in 'listen'");
        }
        if (handover != Moving.STEERED) {
            warmUp.problem("only a steered handover can warm up; expected handover = \"steered\"");
        }
    }

    private static Optional<String> path(Node warmUp, Map<String, Node> table) {
        List<Node> paths = Stream.of(Key.HTTP, Key.HTTPS)
                .flatMap(key -> Optional.ofNullable(table.get(key.text())).stream())
                .toList();
        if (paths.isEmpty()) {
            warmUp.problem("expected a path as 'http' or as 'https'");
            return Optional.empty();
        }
        if (paths.size() > 1) {
            paths.get(1).problem("'http' is there, too; expected one of them");
            return Optional.empty();
        }
        return path(paths.get(0));
    }

    /** Empty if it is none that can be asked for; then there is a problem. */
    static Optional<String> path(Node path) {
        return path.string(PATH).filter(text -> isPath(text, path));
    }

    private static boolean isPath(String path, Node node) {
        boolean is = WarmUpSpec.isPath(path);
        if (!is) {
            node.problem("expected " + PATH + ", in ASCII and without blanks, not \"" + path + "\"");
        }
        return is;
    }
}
