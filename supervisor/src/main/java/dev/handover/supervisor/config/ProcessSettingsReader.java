package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.LogSpec;
import dev.handover.supervisor.terms.ProcessSettings;
import dev.handover.supervisor.terms.Resource;
import dev.handover.supervisor.terms.StartShare;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Reads what a service's processes have of their own: user, umask, niceness, share of the CPU, limits and log. */
final class ProcessSettingsReader {
    private static final Pattern UMASK = Pattern.compile("0?[0-7]{1,3}");
    /** Without what the files of users and groups are made of. */
    private static final Pattern NAME = Pattern.compile("[^:/\\s\\p{Cntrl}]+");

    private static final Map<String, StartShare> START_SHARES = Map.of("low", StartShare.LOW, "full", StartShare.FULL);

    private static final String UNLIMITED = "unlimited";
    private static final Map<String, Resource> RESOURCES = resources();

    private ProcessSettingsReader() {}

    private static Map<String, Resource> resources() {
        Map<String, Resource> all = new LinkedHashMap<>();
        Arrays.stream(Resource.values()).forEach(resource -> all.put(resource.toString(), resource));
        return all;
    }

    /**
     * @param folder that relative paths start from
     * @param logs all of the configuration
     */
    static ProcessSettings read(Map<String, Node> table, Path folder, LogRegistry logs) {
        Optional<String> user = name(table, Key.USER, "user");
        Optional<String> group = name(table, Key.GROUP, "group");
        if (group.isPresent() && !table.containsKey(Key.USER.text())) {
            Objects.requireNonNull(table.get(Key.GROUP.text()))
                    .problem("stands without 'user'; expected both, or 'user' alone");
        }
        return new ProcessSettings(
                umask(table),
                nice(table),
                ServiceReader.choice(table, Key.START_SHARE, START_SHARES),
                limits(table),
                user,
                group,
                log(table, folder, logs));
    }

    private static Optional<LogSpec> log(Map<String, Node> table, Path folder, LogRegistry logs) {
        return Optional.ofNullable(table.get(Key.LOG.text())).flatMap(node -> LogReader.read(node, folder, logs));
    }

    /** @param what it is the name of, for people */
    static Optional<String> name(Map<String, Node> table, Key key, String what) {
        Node node = table.get(key.text());
        if (node == null) {
            return Optional.empty();
        }
        String expected = "the name of a " + what + ", or its number in quotes";
        Optional<String> name = node.string(expected);
        if (name.isPresent() && !NAME.matcher(name.get()).matches()) {
            node.problem("expected " + expected + ", not \"" + name.get() + "\"");
        }
        return name;
    }

    private static OptionalInt umask(Map<String, Node> table) {
        Node node = table.get(Key.UMASK.text());
        if (node == null) {
            return OptionalInt.empty();
        }
        String expected = "a string of three octal digits, such as \"022\"";
        Optional<String> text = node.string(expected);
        if (text.isPresent() && !UMASK.matcher(text.get()).matches()) {
            node.problem("expected " + expected + ", not \"" + text.get() + "\"");
            return OptionalInt.empty();
        }
        return text.map(octal -> OptionalInt.of(Integer.parseInt(octal, 8))).orElseGet(OptionalInt::empty);
    }

    private static OptionalInt nice(Map<String, Node> table) {
        Node node = table.get(Key.NICE.text());
        if (node == null) {
            return OptionalInt.empty();
        }
        String expected = "an integer from " + ProcessSettings.LEAST_NICE + " to " + ProcessSettings.MOST_NICE;
        Optional<Long> nice = node.integer(expected);
        if (nice.isPresent() && (nice.get() < ProcessSettings.LEAST_NICE || nice.get() > ProcessSettings.MOST_NICE)) {
            node.problem("expected " + expected + ", not " + nice.get());
            return OptionalInt.empty();
        }
        return nice.map(number -> OptionalInt.of(number.intValue())).orElseGet(OptionalInt::empty);
    }

    private static Map<Resource, OptionalLong> limits(Map<String, Node> table) {
        Map<Resource, OptionalLong> limits = new EnumMap<>(Resource.class);
        Node node = table.get(Key.LIMITS.text());
        if (node != null) {
            node.entries("a table of limits", RESOURCES.keySet(), "one of " + String.join(", ", RESOURCES.keySet()))
                    .forEach((name, value) -> limit(value).ifPresent(limit -> {
                        if (RESOURCES.containsKey(name)) {
                            limits.put(RESOURCES.get(name), limit);
                        }
                    }));
        }
        return limits;
    }

    private static Optional<OptionalLong> limit(Node node) {
        String expected = "an integer of at least 0, or \"" + UNLIMITED + "\"";
        if (node.isString()) {
            String text = node.string(expected).orElse("");
            if (!text.equals(UNLIMITED)) {
                node.problem("expected " + expected + ", not \"" + text + "\"");
            }
            return Optional.of(OptionalLong.empty());
        }
        Optional<Long> limit = node.integer(expected);
        if (limit.isPresent() && limit.get() < 0) {
            node.problem("expected " + expected + ", not " + limit.get());
            return Optional.empty();
        }
        return limit.map(OptionalLong::of);
    }
}
