package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.HealthSpec;
import dev.handover.supervisor.terms.HealthSpec.Question;
import dev.handover.supervisor.terms.HealthSpec.Then;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.Moving;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads {@code health} of a service. */
final class HealthReader {
    private static final String FORM = "a table such as { http = \"/healthz\" }";
    private static final Map<String, Then> THEN = Map.of("steer-away", Then.STEER_AWAY, "restart", Then.RESTART);

    private HealthReader() {}

    /**
     * Empty if it is no such table; then there is a problem.
     *
     * @param words reads a command; none where it is none
     */
    static Optional<HealthSpec> read(
            Node health, List<ListenAddress> listen, Moving handover, Function<Node, List<String>> words) {
        Map<String, Node> table = health.entries(FORM, Key.Table.HEALTH.keys(), Key.Table.HEALTH.expected());
        if (!health.isTable()) {
            return Optional.empty();
        }
        checkService(health, listen, handover);
        Optional<Question> question = question(health, table, words);
        Duration interval = Values.duration(table, Key.INTERVAL);
        Duration timeout = Values.duration(table, Key.HEALTH_TIMEOUT);
        int failures = Values.integer(table, Key.FAILURES, HealthSpec.MOST_FAILURES);
        Then then = ServiceReader.choice(table, Key.UNHEALTHY, THEN);
        return question.map(asked -> new HealthSpec(asked, interval, timeout, failures, then));
    }

    private static void checkService(Node health, List<ListenAddress> listen, Moving handover) {
        if (listen.stream().noneMatch(address -> address.transport() == Transport.TCP)) {
            health.problem(
                    "workers are asked at the service's address, and none is declared that connections are made to;"
                            + " expected a tcp:// one in 'listen'");
        }
        if (handover != Moving.STEERED) {
            health.problem("only steering leads a question to one certain worker; expected handover = \"steered\"");
        }
    }

    private static Optional<Question> question(
            Node health, Map<String, Node> table, Function<Node, List<String>> words) {
        List<Key> asked = Stream.of(Key.HEALTH_HTTP, Key.HEALTH_HTTPS, Key.TCP, Key.TLS, Key.HEALTH_COMMAND)
                .filter(key -> table.containsKey(key.text()))
                .toList();
        if (asked.isEmpty()) {
            health.problem("expected a path as 'http' or as 'https', or tcp = true, or tls = true, or a 'command'");
            return Optional.empty();
        }
        if (asked.size() > 1) {
            Objects.requireNonNull(table.get(asked.get(1).text()))
                    .problem("'" + asked.get(0).text() + "' is there, too; expected one of them");
            return Optional.empty();
        }
        Key one = asked.get(0);
        Node node = Objects.requireNonNull(table.get(one.text()));
        int expect = Values.integer(table, Key.EXPECT, HealthSpec.LEAST_STATUS, HealthSpec.MOST_STATUS);
        if (one == Key.HEALTH_HTTP || one == Key.HEALTH_HTTPS) {
            return WarmUpReader.path(node).map(path -> new HealthSpec.Http(one == Key.HEALTH_HTTPS, path, expect));
        }
        Optional.ofNullable(table.get(Key.EXPECT.text()))
                .ifPresent(there -> there.problem("nothing answers with a status; expected 'http' or 'https', too"));
        if (one == Key.HEALTH_COMMAND) {
            return Optional.of(words.apply(node))
                    .filter(command -> !command.isEmpty())
                    .map(HealthSpec.Command::new);
        }
        if (!node.bool("true").orElse(true)) {
            node.problem("expected true, or nothing at all");
        }
        return Optional.of(one == Key.TCP ? new HealthSpec.Tcp() : new HealthSpec.Tls());
    }
}
