package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.CanarySpec;
import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.EnvironmentFile;
import dev.handover.supervisor.terms.HealthSpec;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.MetricSpec;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.OneShot;
import dev.handover.supervisor.terms.ProcessSettings;
import dev.handover.supervisor.terms.QuicSpec;
import dev.handover.supervisor.terms.ReadyWhen;
import dev.handover.supervisor.terms.RestartSpec;
import dev.handover.supervisor.terms.ReuseportBy;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SignalsTo;
import dev.handover.supervisor.terms.WarmUpSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads one table {@code [services.NAME]}. */
final class ServiceReader {
    private static final Map<String, ReadyWhen> READY =
            Map.of("notify", ReadyWhen.NOTIFIED, "listening", ReadyWhen.LISTENING);
    private static final Map<String, Signal> SIGNALS =
            Signal.FOR_STOP.stream().collect(Collectors.toMap(Signal::toString, signal -> signal));
    private static final Map<String, DrainBy> DRAIN = DrainBy.all();
    private static final Map<String, Moving> HANDOVER = Map.of("steered", Moving.STEERED, "plain", Moving.PLAIN);

    private static final Map<String, ReuseportBy> REUSEPORT =
            Map.of("program", ReuseportBy.PROGRAM, "intercept", ReuseportBy.INTERCEPT);

    private static final Map<String, SignalsTo> SIGNALS_TO = Map.of("main", SignalsTo.MAIN, "group", SignalsTo.GROUP);

    /** What is replaced in the command of a health check. */
    private static final List<String> HEALTH = Stream.concat(
                    EnvironmentCheck.REPLACED.stream(), Stream.of(HealthSpec.Command.ADDRESS, HealthSpec.Command.PID))
            .toList();

    private static final List<String> METRIC = Stream.concat(
                    EnvironmentCheck.REPLACED.stream(), Stream.of(MetricSpec.SERVING, MetricSpec.SHARE))
            .toList();

    private static final String REAL_TIME = "SIGRTMIN";

    private final Path folder;
    private final Map<String, String> environment;
    private final Problems problems;
    private final Sources sources;
    private final ListenerRegistry listeners;
    private final LogRegistry logs;
    private final OrderRegistry order;

    ServiceReader(
            Path folder,
            Map<String, String> environment,
            Problems problems,
            Sources sources,
            ListenerRegistry listeners,
            LogRegistry logs,
            OrderRegistry order) {
        this.folder = folder;
        this.environment = environment;
        this.problems = problems;
        this.sources = sources;
        this.listeners = listeners;
        this.logs = logs;
        this.order = order;
    }

    /** Empty if there were problems, here or before. */
    Optional<ServiceSpec> read(String name, Node service) {
        Optional<ServiceName> serviceName = Values.parsed(name, service, ServiceName::new);
        if (!service.isTable()) {
            service.entries("the table " + Key.Table.SERVICE.header());
            return Optional.empty();
        }
        Map<String, Node> table = service.entries("a table", Key.Table.SERVICE.keys(), Key.Table.SERVICE.expected());
        Optional<Path> directory = directory(table);
        List<EnvironmentFile> environmentFiles = environmentFiles(table);
        Variables variables = new Variables(Inheritance.of(environment), directory, environmentFiles);
        Map<String, String> added = environment(table, variables);
        List<String> command = command(service, table, directory, variables.and(added));
        ProcessSettings settings = ProcessSettingsReader.read(table, folder, logs);
        boolean autostart = Values.bool(table, Key.AUTOSTART);
        List<ServiceName> after = after(name, table);
        List<ListenAddress> listen = listen(table);
        ReuseportBy reuseport = aboutListeners(table, Key.REUSEPORT, REUSEPORT, "intercept", "is about");
        int workers = Values.integer(table, Key.WORKERS, ServiceSpec.MOST_WORKERS);
        ReadyWhen ready = aboutListeners(table, Key.READY, READY, "listening", "waits for");
        Duration readyTimeout = Values.duration(table, Key.READY_TIMEOUT);
        DrainBy drain = aboutListeners(table, Key.DRAIN, DRAIN, "idle", "watches the connections of");
        Signal stopSignal = choice(table, Key.STOP_SIGNAL, SIGNALS);
        SignalsTo signalsTo = choice(table, Key.SIGNALS_TO, SIGNALS_TO);
        Moving handover = choice(table, Key.HANDOVER, HANDOVER);
        Duration quiesceTimeout = Values.duration(table, Key.QUIESCE_TIMEOUT);
        Optional<Duration> standby = standby(table, handover);
        Optional<CanarySpec> canary = Optional.ofNullable(table.get(Key.CANARY.text()))
                .flatMap(node -> CanaryReader.read(
                        node, listen, handover, check -> words(check, directory, variables.and(added), METRIC)));
        int maxGenerations = Values.integer(
                table, Key.MAX_GENERATIONS, ServiceSpec.FEWEST_GENERATIONS, ServiceSpec.MOST_GENERATIONS);
        Optional<Duration> drainSpread =
                Optional.ofNullable(table.get(Key.DRAIN_SPREAD.text())).flatMap(Values::duration);
        Duration drainTimeout = Values.duration(table, Key.DRAIN_TIMEOUT);
        Duration killGrace = Values.duration(table, Key.KILL_GRACE);
        Optional<Duration> heartbeat =
                Optional.ofNullable(table.get(Key.HEARTBEAT_TIMEOUT.text())).flatMap(Values::duration);
        Optional<WarmUpSpec> warmUp = warmUp(table, listen, handover);
        Optional<HealthSpec> health = Optional.ofNullable(table.get(Key.HEALTH.text()))
                .flatMap(node -> HealthReader.read(
                        node, listen, handover, check -> words(check, directory, variables.and(added), HEALTH)));
        RestartSpec restart = RestartReader.read(table);
        Optional<QuicSpec> quic = Optional.ofNullable(table.get(Key.QUIC.text()))
                .flatMap(node -> QuicReader.read(node, listen, handover, workers));
        Optional<OneShot> beforeStart =
                oneShot(table, Key.BEFORE_START, Key.BEFORE_START_TIMEOUT, directory, variables.and(added));
        Optional<OneShot> afterFlip =
                oneShot(table, Key.AFTER_FLIP, Key.AFTER_FLIP_TIMEOUT, directory, variables.and(added));
        if (!problems.isEmpty() || serviceName.isEmpty() || directory.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ServiceSpec(
                serviceName.get(),
                autostart,
                after,
                command,
                directory.get(),
                environmentFiles,
                added,
                settings,
                listen,
                reuseport,
                workers,
                ready,
                readyTimeout,
                drain,
                stopSignal,
                signalsTo,
                handover,
                quiesceTimeout,
                standby,
                canary,
                maxGenerations,
                drainSpread,
                drainTimeout,
                killGrace,
                heartbeat,
                warmUp,
                health,
                restart,
                quic,
                beforeStart,
                afterFlip));
    }

    private Optional<Path> directory(Map<String, Node> table) {
        Node node = table.get(Key.DIRECTORY.text());
        Optional<Path> directory = node == null ? Optional.of(folder) : Paths.read(node, folder);
        if (node != null) {
            directory.ifPresent(path -> CommandCheck.checkDirectory(path, node));
        }
        return directory;
    }

    private List<EnvironmentFile> environmentFiles(Map<String, Node> table) {
        Node node = table.get(Key.ENVIRONMENT_FILE.text());
        List<EnvironmentFile> files = new ArrayList<>();
        if (node != null) {
            for (Node element : node.isArray() ? node.elements("an array of paths") : List.of(node)) {
                Paths.read(element, folder).ifPresent(file -> {
                    sources.note(file);
                    files.add(EnvironmentFileReader.read(file, element, problems));
                });
            }
        }
        return files;
    }

    private static Map<String, String> environment(Map<String, Node> table, Variables before) {
        Map<String, String> variables = new LinkedHashMap<>();
        Node node = table.get(Key.ENVIRONMENT.text());
        if (node != null) {
            node.entries("a table of strings").forEach((name, value) -> {
                EnvironmentCheck.checkName(name, value);
                value.secret("a string")
                        .filter(text -> EnvironmentCheck.checkValue(text, value))
                        .ifPresent(text -> {
                            before.check(text, value);
                            variables.put(name, text);
                        });
            });
        }
        return variables;
    }

    private static List<String> command(
            Node service, Map<String, Node> table, Optional<Path> directory, Variables variables) {
        Node node = table.get(Key.COMMAND.text());
        if (node == null) {
            service.problemBelow(Key.COMMAND.text(), "missing; expected a program and its arguments");
            return List.of();
        }
        return words(node, directory, variables);
    }

    private static Optional<OneShot> oneShot(
            Map<String, Node> table, Key command, Key limit, Optional<Path> directory, Variables variables) {
        Duration timeout = Values.duration(table, limit);
        Node node = table.get(command.text());
        if (node == null) {
            Optional.ofNullable(table.get(limit.text()))
                    .ifPresent(there ->
                            there.problem("there is no command for it; expected '" + command.text() + "', too"));
            return Optional.empty();
        }
        List<String> words = words(node, directory, variables);
        return words.isEmpty() ? Optional.empty() : Optional.of(new OneShot(words, timeout));
    }

    private static List<String> words(Node node, Optional<Path> directory, Variables variables) {
        return words(node, directory, variables, EnvironmentCheck.REPLACED);
    }

    private static List<String> words(Node node, Optional<Path> directory, Variables variables, List<String> replaced) {
        List<Node> elements = node.elements("an array of strings, a program and its arguments");
        List<String> words = new ArrayList<>();
        for (Node element : elements) {
            element.string("a string")
                    .filter(word -> EnvironmentCheck.checkValue(word, element, replaced))
                    .ifPresent(word -> {
                        variables.check(word, element);
                        words.add(word);
                    });
        }
        if (node.isEmptyArray()) {
            node.problem("empty; expected a program and its arguments");
        } else if (!words.isEmpty() && words.size() == elements.size() && directory.isPresent()) {
            new CommandCheck(directory.get(), variables).checkProgram(words.get(0), elements.get(0));
        }
        return words;
    }

    private List<ServiceName> after(String service, Map<String, Node> table) {
        Node node = table.get(Key.AFTER.text());
        List<ServiceName> names = new ArrayList<>();
        if (node != null) {
            for (Node element : node.elements("an array of services' names")) {
                element.string("a service's name")
                        .flatMap(text -> Values.parsed(text, element, ServiceName::new))
                        .ifPresent(name -> {
                            names.add(name);
                            order.add(service, name.value(), element);
                        });
            }
        }
        return names;
    }

    private List<ListenAddress> listen(Map<String, Node> table) {
        Node node = table.get(Key.LISTEN.text());
        List<ListenAddress> addresses = new ArrayList<>();
        if (node != null) {
            for (Node element : node.elements("an array of addresses")) {
                element.string("an address such as \"tcp://127.0.0.1:8080\"")
                        .flatMap(text -> Values.parsed(text, element, ListenAddress::parse))
                        .ifPresent(address -> {
                            addresses.add(address);
                            listeners.add(address, element);
                        });
            }
        }
        return addresses;
    }

    /**
     * A choice, one of whose values is about declared listeners.
     *
     * @param what that value does, for people
     */
    private static <T> T aboutListeners(
            Map<String, Node> table, Key key, Map<String, T> choices, String value, String what) {
        T chosen = choice(table, key, choices);
        Node node = table.get(key.text());
        if (node != null && chosen.equals(choices.get(value)) && isNothing(table.get(Key.LISTEN.text()))) {
            node.problem("\"" + value + "\" " + what
                    + " declared listeners, and none is declared; expected some in 'listen'");
        }
        return chosen;
    }

    private static boolean isNothing(@Nullable Node listen) {
        return listen == null || listen.isEmptyArray();
    }

    static <T> T choice(Map<String, Node> table, Key key, Map<String, T> choices) {
        T absent = Objects.requireNonNull(choices.get(key.defaultText()));
        Node node = table.get(key.text());
        if (node == null) {
            return absent;
        }
        String expected = oneOf(choices.keySet());
        Optional<String> text = node.string(expected);
        if (text.isPresent() && !choices.containsKey(text.get())) {
            node.problem("expected " + expected + ", not \"" + text.get() + "\"");
        }
        return choices.getOrDefault(text.orElse(key.defaultText()), absent);
    }

    /** The real-time signals are too many to be told one by one. */
    private static String oneOf(Set<String> choices) {
        String names = choices.stream()
                .filter(name -> !name.startsWith(REAL_TIME))
                .sorted()
                .collect(Collectors.joining("\", \"", "\"", "\""));
        return "one of " + names + (choices.contains(REAL_TIME) ? " or \"SIGRTMIN\" to \"SIGRTMIN+30\"" : "");
    }

    private static Optional<Duration> standby(Map<String, Node> table, Moving handover) {
        Node node = table.get(Key.STANDBY.text());
        if (node == null) {
            return Optional.empty();
        }
        if (isNothing(table.get(Key.LISTEN.text()))) {
            node.problem(
                    "whoever stands by is steered away from, and no listener is declared; expected some in 'listen'");
        }
        if (handover != Moving.STEERED) {
            node.problem("only a steered handover can be gone back on; expected handover = \"steered\"");
        }
        return Values.duration(node);
    }

    private static Optional<WarmUpSpec> warmUp(Map<String, Node> table, List<ListenAddress> listen, Moving handover) {
        return Optional.ofNullable(table.get(Key.WARM_UP.text()))
                .flatMap(node -> WarmUpReader.read(node, listen, handover));
    }
}
