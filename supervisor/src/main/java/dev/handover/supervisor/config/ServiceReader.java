package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.ReadyWhen;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads one table {@code [services.NAME]}. */
final class ServiceReader {
    private static final int MOST_WORKERS = 1024;
    private static final Map<String, ReadyWhen> READY =
            Map.of("notify", ReadyWhen.NOTIFIED, "listening", ReadyWhen.LISTENING);
    private static final Map<String, Signal> SIGNALS =
            Signal.FOR_WORKERS.stream().collect(Collectors.toMap(Signal::toString, signal -> signal));
    private static final Map<String, DrainBy> DRAIN = DrainBy.all();
    private static final Map<String, Moving> HANDOVER = Map.of("steered", Moving.STEERED, "plain", Moving.PLAIN);

    private final Path folder;
    private final Map<String, String> environment;
    private final Problems problems;
    private final ListenerRegistry listeners;

    ServiceReader(Path folder, Map<String, String> environment, Problems problems, ListenerRegistry listeners) {
        this.folder = folder;
        this.environment = environment;
        this.problems = problems;
        this.listeners = listeners;
    }

    /** Empty if there were problems, here or before. */
    Optional<ServiceSpec> read(String name, Node service) {
        Optional<ServiceName> serviceName = parsed(name, service, ServiceName::new);
        if (!service.isTable()) {
            service.entries("the table " + Key.Table.SERVICE.header());
            return Optional.empty();
        }
        Map<String, Node> table = service.entries("a table", Key.Table.SERVICE.keys(), Key.Table.SERVICE.expected());
        Optional<Path> directory = directory(table);
        Map<String, String> added = environment(table);
        List<String> command = command(service, table, directory, added);
        List<ListenAddress> listen = listen(table);
        int workers = workers(table);
        ReadyWhen ready = ready(table);
        Duration readyTimeout = duration(table, Key.READY_TIMEOUT);
        DrainBy drain = drain(table);
        Signal stopSignal = choice(table, Key.STOP_SIGNAL, SIGNALS);
        Moving handover = choice(table, Key.HANDOVER, HANDOVER);
        Duration quiesceTimeout = duration(table, Key.QUIESCE_TIMEOUT);
        Duration drainTimeout = duration(table, Key.DRAIN_TIMEOUT);
        Duration killGrace = duration(table, Key.KILL_GRACE);
        Optional<Duration> heartbeat =
                Optional.ofNullable(table.get(Key.HEARTBEAT_TIMEOUT.text())).flatMap(ServiceReader::duration);
        if (!problems.isEmpty() || serviceName.isEmpty() || directory.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ServiceSpec(
                serviceName.get(),
                command,
                directory.get(),
                added,
                listen,
                workers,
                ready,
                readyTimeout,
                drain,
                stopSignal,
                handover,
                quiesceTimeout,
                drainTimeout,
                killGrace,
                heartbeat));
    }

    private Optional<Path> directory(Map<String, Node> table) {
        Node node = table.get(Key.DIRECTORY.text());
        Optional<Path> directory = node == null ? Optional.of(folder) : Paths.read(node, folder);
        if (node != null) {
            directory.ifPresent(path -> CommandCheck.checkDirectory(path, node));
        }
        return directory;
    }

    private Map<String, String> environment(Map<String, Node> table) {
        Map<String, String> variables = new LinkedHashMap<>();
        Node node = table.get(Key.ENVIRONMENT.text());
        if (node != null) {
            node.entries("a table of strings").forEach((name, value) -> {
                EnvironmentCheck.checkName(name, value);
                value.string("a string")
                        .filter(text -> EnvironmentCheck.checkValue(text, value))
                        .ifPresent(text -> variables.put(name, text));
            });
        }
        return variables;
    }

    private List<String> command(
            Node service, Map<String, Node> table, Optional<Path> directory, Map<String, String> added) {
        Node node = table.get(Key.COMMAND.text());
        if (node == null) {
            service.problemBelow(Key.COMMAND.text(), "missing; expected a program and its arguments");
            return List.of();
        }
        List<Node> elements = node.elements("an array of strings, a program and its arguments");
        List<String> words = new ArrayList<>();
        for (Node element : elements) {
            element.string("a string")
                    .filter(word -> EnvironmentCheck.checkValue(word, element))
                    .ifPresent(words::add);
        }
        if (node.isEmptyArray()) {
            node.problem("empty; expected a program and its arguments");
        } else if (!words.isEmpty() && words.size() == elements.size() && directory.isPresent()) {
            new CommandCheck(directory.get(), added, environment).checkProgram(words.get(0), elements.get(0));
        }
        return words;
    }

    private List<ListenAddress> listen(Map<String, Node> table) {
        Node node = table.get(Key.LISTEN.text());
        List<ListenAddress> addresses = new ArrayList<>();
        if (node != null) {
            for (Node element : node.elements("an array of addresses")) {
                element.string("an address such as \"tcp://127.0.0.1:8080\"")
                        .flatMap(text -> parsed(text, element, ListenAddress::parse))
                        .ifPresent(address -> {
                            addresses.add(address);
                            listeners.add(address, element);
                        });
            }
        }
        return addresses;
    }

    private static int workers(Map<String, Node> table) {
        Node node = table.get(Key.WORKERS.text());
        int absent = Integer.parseInt(Key.WORKERS.defaultText());
        if (node == null) {
            return absent;
        }
        String expected = "an integer from 1 to " + MOST_WORKERS;
        long workers = node.integer(expected).orElse((long) absent);
        if (workers < 1 || workers > MOST_WORKERS) {
            node.problem("expected " + expected + ", not " + workers);
            return absent;
        }
        return (int) workers;
    }

    private static ReadyWhen ready(Map<String, Node> table) {
        ReadyWhen ready = choice(table, Key.READY, READY);
        Node node = table.get(Key.READY.text());
        if (node != null && ready == ReadyWhen.LISTENING && isNothing(table.get(Key.LISTEN.text()))) {
            node.problem("\"listening\" waits for declared listeners, and none is declared; expected some in 'listen'");
        }
        return ready;
    }

    private static DrainBy drain(Map<String, Node> table) {
        DrainBy drain = choice(table, Key.DRAIN, DRAIN);
        Node node = table.get(Key.DRAIN.text());
        if (node != null && drain instanceof DrainBy.Idle && isNothing(table.get(Key.LISTEN.text()))) {
            node.problem(
                    "\"idle\" watches the connections of declared listeners, and none is declared; expected some in"
                            + " 'listen'");
        }
        return drain;
    }

    private static boolean isNothing(@Nullable Node listen) {
        return listen == null || listen.isEmptyArray();
    }

    private static <T> T choice(Map<String, Node> table, Key key, Map<String, T> choices) {
        T absent = Objects.requireNonNull(choices.get(key.defaultText()));
        Node node = table.get(key.text());
        if (node == null) {
            return absent;
        }
        List<String> names = choices.keySet().stream().sorted().toList();
        String expected = "one of \"" + String.join("\", \"", names) + "\"";
        Optional<String> text = node.string(expected);
        if (text.isPresent() && !choices.containsKey(text.get())) {
            node.problem("expected " + expected + ", not \"" + text.get() + "\"");
        }
        return choices.getOrDefault(text.orElse(key.defaultText()), absent);
    }

    private static Duration duration(Map<String, Node> table, Key key) {
        Duration absent = DurationText.parse(key.defaultText());
        Node node = table.get(key.text());
        return node == null ? absent : duration(node).orElse(absent);
    }

    private static Optional<Duration> duration(Node node) {
        return node.string(DurationText.FORM).flatMap(text -> parsed(text, node, DurationText::parse));
    }

    /** A value whose parser refuses bad text; why it refuses becomes the problem. */
    private static <T> Optional<T> parsed(String text, Node node, Function<String, T> parser) {
        try {
            return Optional.of(parser.apply(text));
        } catch (IllegalArgumentException e) {
            node.problem(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }
}
