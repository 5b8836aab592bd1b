package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.CanaryShare;
import dev.handover.supervisor.terms.CanarySpec;
import dev.handover.supervisor.terms.CanarySpec.End;
import dev.handover.supervisor.terms.ClientRange;
import dev.handover.supervisor.terms.HealthSpec;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.MetricSpec;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.Percentage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads {@code canary} of a service. */
final class CanaryReader {
    private static final String FORM = "a table such as { steps = [\"1%\", \"10%\", \"50%\"], step = \"30s\" }";
    private static final String METRIC_FORM = "a table such as { command = [\"./error-rate\", \"--below\", \"1%\"] }";
    private static final String PERCENTAGE = "a percentage such as \"10%\"";
    private static final List<Percentage> STEPS =
            Stream.of("1%", "10%", "50%").map(Percentage::parse).toList();
    private static final Map<String, End> END = Map.of("promote", End.PROMOTE, "pause", End.PAUSE);

    private CanaryReader() {}

    /**
     * Empty if it is no such table, or has no step; then there is a problem.
     *
     * @param words reads a command; none where it is none
     */
    static Optional<CanarySpec> read(
            Node canary, List<ListenAddress> listen, Moving handover, Function<Node, List<String>> words) {
        Map<String, Node> table = canary.entries(FORM, Key.Table.CANARY.keys(), Key.Table.CANARY.expected());
        if (!canary.isTable()) {
            return Optional.empty();
        }
        if (listen.isEmpty()) {
            canary.problem("clients are told apart at the service's listeners, and none is declared; expected some in"
                    + " 'listen'");
        }
        if (handover != Moving.STEERED) {
            canary.problem("only steering leads some clients to one generation and the others to another; expected"
                    + " handover = \"steered\"");
        }
        List<ClientRange> clients = clients(table.get(Key.CLIENTS.text()), listen);
        Node steps = table.get(Key.STEPS.text());
        List<Percentage> percentages = steps == null ? STEPS : steps(steps);
        Duration step = Values.duration(table, Key.STEP);
        End end = ServiceReader.choice(table, Key.END, END);
        boolean judge = Values.bool(table, Key.JUDGE);
        Optional<MetricSpec> metric =
                Optional.ofNullable(table.get(Key.METRIC.text())).flatMap(node -> metric(node, words));
        if (clients.isEmpty() && percentages.isEmpty()) {
            if (steps != null && steps.isEmptyArray() && !table.containsKey(Key.CLIENTS.text())) {
                steps.problem("empty; expected at least one percentage here, or 'clients', too");
            }
            return Optional.empty();
        }
        return Optional.of(new CanarySpec(clients, percentages, step, end, judge, metric));
    }

    private static Optional<MetricSpec> metric(Node metric, Function<Node, List<String>> words) {
        Map<String, Node> table = metric.entries(METRIC_FORM, Key.Table.METRIC.keys(), Key.Table.METRIC.expected());
        if (!metric.isTable()) {
            return Optional.empty();
        }
        Duration interval = Values.duration(table, Key.METRIC_INTERVAL);
        Duration timeout = Values.duration(table, Key.METRIC_TIMEOUT);
        int failures = Values.integer(table, Key.METRIC_FAILURES, HealthSpec.MOST_FAILURES);
        Node command = table.get(Key.METRIC_COMMAND.text());
        if (command == null) {
            metric.problem("expected a 'command', a program and its arguments");
            return Optional.empty();
        }
        return Optional.of(words.apply(command))
                .filter(all -> !all.isEmpty())
                .map(all -> new MetricSpec(all, interval, timeout, failures));
    }

    private static List<ClientRange> clients(@Nullable Node node, List<ListenAddress> listen) {
        List<ClientRange> clients = new ArrayList<>();
        if (node == null) {
            return clients;
        }
        if (node.isEmptyArray()) {
            node.problem("empty; expected at least one range of client addresses, or no such key");
        }
        Set<ClientRange> seen = new HashSet<>();
        for (Node element : node.elements("an array of ranges of client addresses")) {
            element.string("a range of client addresses such as \"10.1.0.0/16\"")
                    .flatMap(text -> Values.parsed(text, element, ClientRange::parse))
                    .filter(range -> isNew(range, seen, element) && isReached(range, listen, element))
                    .ifPresent(clients::add);
        }
        if (clients.size() > CanaryShare.MOST_CLIENTS) {
            node.problem(clients.size() + " ranges; the kernel's program has room for " + CanaryShare.MOST_CLIENTS
                    + ": expected fewer, wider ones");
            return List.of();
        }
        return clients;
    }

    private static boolean isNew(ClientRange range, Set<ClientRange> seen, Node element) {
        boolean isNew = seen.add(range);
        if (!isNew) {
            element.problem(range + " is there already");
        }
        return isNew;
    }

    /** Whether its clients can come at all; where nothing is declared, that is the problem. */
    private static boolean isReached(ClientRange range, List<ListenAddress> listen, Node element) {
        boolean reached = listen.isEmpty() || listen.stream().anyMatch(range::comesTo);
        if (!reached) {
            element.problem("no listener is declared that clients of " + (range.isIpv6() ? "IPv6" : "IPv4")
                    + " come to; expected a range of the other, or such a listener in 'listen'");
        }
        return reached;
    }

    /** Up to the first that is none, or does not grow; then there is a problem. */
    private static List<Percentage> steps(Node node) {
        List<Percentage> steps = new ArrayList<>();
        for (Node element : node.elements("an array of percentages")) {
            Optional<Percentage> step =
                    element.string(PERCENTAGE).flatMap(text -> Values.parsed(text, element, Percentage::parse));
            if (step.isEmpty()) {
                return steps;
            }
            Percentage before = steps.isEmpty() ? Percentage.ZERO : steps.get(steps.size() - 1);
            if (step.get().compareTo(before) <= 0) {
                element.problem("expected more than " + before + ", since each step leads more clients to the new"
                        + " generation, not " + step.get());
                return steps;
            }
            steps.add(step.get());
        }
        if (steps.size() > CanarySpec.MOST_STEPS) {
            node.problem("expected at most " + CanarySpec.MOST_STEPS + " steps, not " + steps.size());
            return steps.subList(0, CanarySpec.MOST_STEPS);
        }
        return steps;
    }
}
