package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the tables of a file. */
final class ConfigurationReader {
    // sun_path of unix(7) has 108 bytes, the last for a zero; and the sockets for workers stand beside the control
    // socket
    // under its name with '.workers' or '.notify' behind it.
    private static final int LONGEST_CONTROL_PATH = 107 - ".notify/".length() - 12;

    private final Path folder;
    private final Map<String, String> environment;
    private final Problems problems;
    private final ListenerRegistry listeners = new ListenerRegistry();

    ConfigurationReader(Path folder, Map<String, String> environment, Problems problems) {
        this.folder = folder;
        this.environment = environment;
        this.problems = problems;
    }

    /** Empty if there were problems. */
    Optional<Configuration> read(Node root) {
        Map<String, Node> top =
                root.entries("a table", List.of("supervisor", "services"), "[supervisor] or [services.NAME]");
        Map<String, Node> supervisor = top.containsKey("supervisor")
                ? top.get("supervisor")
                        .entries("the table [supervisor]", Key.Table.SUPERVISOR.keys(), Key.Table.SUPERVISOR.expected())
                : Map.of();
        Path control = path(supervisor, Key.CONTROL).orElseGet(() -> DefaultPaths.control(environment));
        Path state = path(supervisor, Key.STATE).orElseGet(() -> DefaultPaths.state(environment, control));
        checkControl(control, supervisor.getOrDefault(Key.CONTROL.text(), root));

        Map<String, Node> services =
                top.containsKey("services") ? top.get("services").entries("tables [services.NAME]") : Map.of();
        if (!top.containsKey("services")
                || (services.isEmpty() && top.get("services").isTable())) {
            root.problemBelow("services", "missing; expected at least one table [services.NAME]");
        }
        TreeMap<ServiceName, ServiceSpec> specs = new TreeMap<>();
        services.forEach((name, node) -> new ServiceReader(folder, environment, problems, listeners)
                .read(name, node)
                .ifPresent(spec -> specs.put(spec.name(), spec)));
        listeners.reportConflicts();
        return problems.isEmpty() ? Optional.of(new Configuration(control, state, specs)) : Optional.empty();
    }

    private Optional<Path> path(Map<String, Node> table, Key key) {
        return Optional.ofNullable(table.get(key.text())).flatMap(node -> Paths.read(node, folder));
    }

    private static void checkControl(Path control, Node node) {
        int length = control.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_CONTROL_PATH) {
            node.problem("the control socket's path " + control + " has " + length + " bytes; expected at most "
                    + LONGEST_CONTROL_PATH);
        } else if (Files.isDirectory(control)) {
            node.problem(control + " is a folder; expected a path for the control socket");
        }
    }
}
