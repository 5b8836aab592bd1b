package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.NotifySpec;
import dev.handover.supervisor.terms.NotifySpec.Way;
import dev.handover.supervisor.terms.ServiceName;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the tables {@code [notify.NAME]}. */
final class NotifyReader {
    static final List<String> DEFAULT_ON = List.of(
            NotifySpec.RELOAD_FAILED,
            "rolled-back",
            "service-down",
            "service-up",
            "service-given-up",
            "supervisor-went-back");

    private static final int MOST = 16;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");
    private static final String WAY = "'command', a program and its arguments, or 'url', of a webhook";
    private static final String URL = "a URL such as \"https://hooks.example.com/T0/B0\", without a user in it";

    private final Path folder;
    private final Variables variables;
    private final Collection<String> services;

    /**
     * @param folder the commands' working directory
     * @param services those of the configuration; empty where not all are known
     */
    NotifyReader(Path folder, Map<String, String> environment, Collection<String> services) {
        this.folder = folder;
        this.variables = Variables.ofSupervisor(Inheritance.of(environment), folder);
        this.services = services;
    }

    List<NotifySpec> read(Node notify) {
        List<NotifySpec> all = new ArrayList<>();
        notify.entries("tables " + Key.Table.NOTIFY.header())
                .forEach((name, node) -> read(name, node).ifPresent(all::add));
        if (all.size() > MOST) {
            notify.problem("expected at most " + MOST + " tables, not " + all.size());
        }
        return all;
    }

    private Optional<NotifySpec> read(String name, Node node) {
        Map<String, Node> table = node.entries(
                "the table " + Key.Table.NOTIFY.header(), Key.Table.NOTIFY.keys(), Key.Table.NOTIFY.expected());
        if (!node.isTable()) {
            return Optional.empty();
        }
        if (!NAME.matcher(name).matches()) {
            node.problem("expected a name of 1 to 64 letters, digits, '-', '_' or '.', the first a letter or a digit");
            return Optional.empty();
        }
        Optional<Way> way = way(node, table);
        Set<String> on = on(table.get(Key.NOTIFY_ON.text()));
        Set<ServiceName> of = services(table.get(Key.NOTIFY_SERVICES.text()));
        return way.map(how -> new NotifySpec(name, how, on, of, Values.duration(table, Key.NOTIFY_TIMEOUT)));
    }

    private Optional<Way> way(Node node, Map<String, Node> table) {
        Node command = table.get(Key.NOTIFY_COMMAND.text());
        Node url = table.get(Key.NOTIFY_URL.text());
        if (command != null && url != null) {
            url.problem("'command' is there, too; expected one of them");
            return Optional.empty();
        }
        if (command != null) {
            List<String> words = words(command);
            return words.isEmpty() ? Optional.empty() : Optional.of(new NotifySpec.Command(words, folder));
        }
        if (url != null) {
            return webhook(url);
        }
        node.problem("expected " + WAY);
        return Optional.empty();
    }

    private List<String> words(Node node) {
        List<Node> elements = node.elements("an array of strings, a program and its arguments");
        List<String> words = new ArrayList<>();
        for (Node element : elements) {
            element.string("a string")
                    .filter(word -> EnvironmentCheck.checkValue(word, element))
                    .flatMap(word -> filled(word, element))
                    .ifPresent(words::add);
        }
        if (node.isEmptyArray()) {
            node.problem("empty; expected a program and its arguments");
        } else if (!words.isEmpty() && words.size() == elements.size()) {
            new CommandCheck(folder, variables).checkProgram(words.get(0), elements.get(0));
            return words;
        }
        return List.of();
    }

    /** By the supervisor's own environment, which stays what it is. */
    private Optional<String> filled(String text, Node node) {
        variables.check(text, node);
        Optional<String> filled = variables.filled(text);
        if (text.contains("${HANDOVER_")) {
            node.problem(
                    "only variables of the supervisor's own environment are replaced here; what is told of is in the"
                            + " command's own");
        }
        return filled;
    }

    /** What is there is not repeated: it lets anybody send to there. */
    private Optional<Way> webhook(Node node) {
        Optional<String> text = node.secret(URL)
                .filter(there -> EnvironmentCheck.checkValue(there, node))
                .flatMap(there -> filled(there, node));
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI url = new URI(text.get());
            if (url.getUserInfo() == null) {
                return Optional.of(new NotifySpec.Webhook(url));
            }
        } catch (URISyntaxException | IllegalArgumentException none) {
            // Its message has what is secret.
        }
        node.problem("expected " + URL);
        return Optional.empty();
    }

    private static Set<String> on(@Nullable Node node) {
        if (node == null) {
            return Set.copyOf(DEFAULT_ON);
        }
        Set<String> words = new LinkedHashSet<>();
        for (Node element : node.elements("an array of events, such as \"service-down\"")) {
            element.string("an event such as \"service-down\"").ifPresent(word -> {
                if (NotifySpec.WORDS.contains(word)) {
                    words.add(word);
                } else {
                    element.problem("there is no event '" + word + "' to be told of; "
                            + Nearest.to(word, NotifySpec.WORDS)
                                    .map(near -> "did you mean '" + near + "'?")
                                    .orElse("docs/control.md lists them, and there is " + NotifySpec.RELOAD_FAILED));
                }
            });
        }
        if (node.isEmptyArray()) {
            node.problem("empty; expected at least one event, or no such key");
        }
        return words.isEmpty() ? Set.copyOf(DEFAULT_ON) : words;
    }

    private Set<ServiceName> services(@Nullable Node node) {
        Set<ServiceName> names = new LinkedHashSet<>();
        if (node == null) {
            return names;
        }
        for (Node element : node.elements("an array of services' names")) {
            element.string("a service's name")
                    .filter(name -> isKnown(name, element))
                    .flatMap(name -> Values.parsed(name, element, ServiceName::new))
                    .ifPresent(names::add);
        }
        if (node.isEmptyArray()) {
            node.problem("empty; expected at least one service, or no such key");
        }
        return names;
    }

    private boolean isKnown(String name, Node element) {
        if (services.isEmpty() || services.contains(name)) {
            return true;
        }
        element.problem("there is no service '" + name + "'; "
                + Nearest.to(name, services)
                        .map(near -> "did you mean '" + near + "'?")
                        .orElse("expected one of " + String.join(", ", new TreeSet<>(services))));
        return false;
    }
}
