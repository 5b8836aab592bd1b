package dev.handover.supervisor.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Who is to come after whom, of all services. In a circle each would wait for the others, and none would start. */
final class OrderRegistry {
    private record Declared(String service, String after, Node node) {}

    private final List<Declared> all = new ArrayList<>();

    void add(String service, String after, Node node) {
        all.add(new Declared(service, after, node));
    }

    /** Each name is to be one of these services. */
    void reportUnknown(Set<String> services) {
        for (Declared one : all) {
            if (!services.contains(one.after)) {
                String hint = Nearest.to(one.after, services)
                        .map(near -> "did you mean '" + near + "'?")
                        .orElse("expected one of " + String.join(", ", new TreeSet<>(services)));
                one.node.problem("there is no service '" + one.after + "'; " + hint);
            }
        }
    }

    /** A line for each circle, at what closes it. */
    void reportCircles() {
        all.sort(Comparator.comparing(Declared::node, Node.BY_PLACE));
        List<Declared> open = new ArrayList<>();
        for (Declared one : all) {
            Optional<List<String>> circle = path(one.after, one.service, open, new HashSet<>());
            if (one.after.equals(one.service)) {
                one.node.problem("a service can't come after itself");
            } else if (circle.isPresent()) {
                one.node.problem("a circle, in which none could start: " + text(one.service, circle.get()));
            } else {
                open.add(one);
            }
        }
    }

    /** Such as {@code web comes after db, db after web}. */
    private static String text(String service, List<String> others) {
        StringBuilder text = new StringBuilder(service + " comes after " + others.get(0));
        for (int i = 1; i < others.size(); i++) {
            text.append(", " + others.get(i - 1) + " after " + others.get(i));
        }
        return text.toString();
    }

    /** The services from one to another, each after the next; empty if there is no such way. */
    private static Optional<List<String>> path(String from, String to, List<Declared> steps, Set<String> seen) {
        if (from.equals(to)) {
            return Optional.of(List.of(to));
        }
        if (!seen.add(from)) {
            return Optional.empty();
        }
        return steps.stream()
                .filter(step -> step.service.equals(from))
                .flatMap(step -> path(step.after, to, steps, seen).stream())
                .findFirst()
                .map(rest -> {
                    List<String> whole = new ArrayList<>(List.of(from));
                    whole.addAll(rest);
                    return whole;
                });
    }
}
