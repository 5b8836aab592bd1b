package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.RestartSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads {@code restart} of a service. */
final class RestartReader {
    private static final String FORM = "a table such as { most = 5, within = \"1m\" }";

    private RestartReader() {}

    static RestartSpec read(Map<String, Node> service) {
        Node restart = service.get(Key.RESTART.text());
        if (restart == null) {
            return RestartSpec.DEFAULT;
        }
        Map<String, Node> table = restart.entries(FORM, Key.Table.RESTART.keys(), Key.Table.RESTART.expected());
        OptionalInt most = Optional.ofNullable(table.get(Key.MOST.text()))
                .map(node -> upTo(RestartSpec.MOST, node))
                .orElse(OptionalInt.empty());
        Node within = table.get(Key.WITHIN.text());
        if (within != null && !table.containsKey(Key.MOST.text())) {
            within.problem("there is no limit for it; expected 'most', too");
        }
        Duration time = Values.duration(table, Key.WITHIN);
        return new RestartSpec(expectedExits(table.get(Key.EXPECTED_EXITS.text())), most, time);
    }

    private static Set<Integer> expectedExits(@Nullable Node node) {
        Set<Integer> codes = new TreeSet<>();
        if (node != null) {
            for (Node element : node.elements("an array of exit codes")) {
                upTo(RestartSpec.LARGEST_EXIT, element).ifPresent(codes::add);
            }
        }
        return codes;
    }

    private static OptionalInt upTo(int largest, Node node) {
        String expected = "an integer from 0 to " + largest;
        Optional<Long> number = node.integer(expected);
        if (number.isPresent() && (number.get() < 0 || number.get() > largest)) {
            node.problem("expected " + expected + ", not " + number.get());
            return OptionalInt.empty();
        }
        return number.map(there -> OptionalInt.of(there.intValue())).orElse(OptionalInt.empty());
    }
}
