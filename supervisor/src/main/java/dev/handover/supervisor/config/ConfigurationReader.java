package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.HttpSpec;
import dev.handover.supervisor.terms.NotifySpec;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads the tables of a file, and of those that it includes. */
final class ConfigurationReader {
    // sun_path of unix(7) has 108 bytes, the last for a zero; and the sockets for workers stand beside the control
    // socket
    // under its name with '.workers' or '.notify' behind it.
    private static final int LONGEST_CONTROL_PATH = 107 - ".notify/".length() - 12;

    private static final List<String> TABLES = List.of("supervisor", "http", "notify", "services");

    private final Path main;
    private final Path folder;
    private final Map<String, String> environment;
    private final Problems problems;
    private final Sources sources;
    private final ListenerRegistry listeners = new ListenerRegistry();
    private final LogRegistry logs = new LogRegistry();
    private final OrderRegistry order = new OrderRegistry();
    private final Map<String, Node> nodes = new HashMap<>();
    private final TreeMap<ServiceName, ServiceSpec> specs = new TreeMap<>();

    ConfigurationReader(Path main, Map<String, String> environment, Problems problems, Sources sources) {
        this.main = main;
        this.folder = Paths.folderOf(main);
        this.environment = environment;
        this.problems = problems;
        this.sources = sources;
    }

    /** Empty if there were problems. */
    Optional<Configuration> read(Node root) {
        Map<String, Node> top =
                root.entries("a table", TABLES, "[supervisor], [http], [notify.NAME] or [services.NAME]");
        Map<String, Node> supervisor = top.containsKey("supervisor")
                ? top.get("supervisor")
                        .entries("the table [supervisor]", Key.Table.SUPERVISOR.keys(), Key.Table.SUPERVISOR.expected())
                : Map.of();
        Path control = path(supervisor, Key.CONTROL).orElseGet(() -> DefaultPaths.control(environment));
        Path state = path(supervisor, Key.STATE).orElseGet(() -> DefaultPaths.state(environment, control));
        Optional<String> monitorGroup = ProcessSettingsReader.name(supervisor, Key.MONITOR_GROUP, "group");
        checkControl(control, supervisor.getOrDefault(Key.CONTROL.text(), root));
        Optional<HttpSpec> http = Optional.ofNullable(top.get("http")).flatMap(node -> HttpReader.read(node, folder));

        addServices(top, problems, folder);
        Node include = supervisor.get(Key.INCLUDE.text());
        boolean allRead = include == null || readIncluded(include);
        if (nodes.isEmpty()
                && allRead
                && (!top.containsKey("services") || top.get("services").isTable())) {
            root.problemBelow("services", "missing; expected at least one table [services.NAME]");
        }
        listeners.reportConflicts();
        logs.reportConflicts();
        order.reportCircles();
        if (allRead) { // else it may stand in what could not be read
            order.reportUnknown(nodes.keySet());
        }
        NotifyReader notifyReader = new NotifyReader(folder, environment, allRead ? nodes.keySet() : Set.of());
        List<NotifySpec> notify =
                Optional.ofNullable(top.get("notify")).map(notifyReader::read).orElse(List.of());
        return problems.isEmpty()
                ? Optional.of(new Configuration(control, state, monitorGroup, http, notify, specs))
                : Optional.empty();
    }

    /** Returns whether all files were found, and each is TOML. */
    private boolean readIncluded(Node include) {
        Includes includes = new Includes(main, folder, sources, problems);
        List<Path> files = includes.of(include);
        boolean all = includes.areComplete();
        for (Path file : files) {
            Problems ofFile = problems.in(file);
            Optional<Node> root = TomlFile.read(file, ofFile, sources);
            root.ifPresent(there -> readIncluded(there, ofFile, Paths.folderOf(file)));
            all &= root.isPresent();
        }
        return all;
    }

    private void readIncluded(Node root, Problems ofFile, Path itsFolder) {
        Map<String, Node> top = root.entries("a table", TABLES, "[services.NAME]");
        for (String ofMain : List.of("supervisor", "http", "notify")) {
            Node node = top.get(ofMain);
            if (node != null) {
                node.problem("stands in an included file; expected it in " + main + " alone");
            }
        }
        addServices(top, ofFile, itsFolder);
    }

    private void addServices(Map<String, Node> top, Problems ofFile, Path itsFolder) {
        if (top.containsKey("services")) {
            ServiceReader reader = new ServiceReader(itsFolder, environment, ofFile, sources, listeners, logs, order);
            top.get("services").entries("tables [services.NAME]").forEach((name, node) -> {
                Node other = nodes.putIfAbsent(name, node);
                if (other == null) {
                    reader.read(name, node).ifPresent(spec -> specs.put(spec.name(), spec));
                } else {
                    node.problem("there is such a service already (" + other.placeFor(node) + ")");
                }
            });
        }
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
