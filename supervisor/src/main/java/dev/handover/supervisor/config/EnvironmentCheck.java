package dev.handover.supervisor.config;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What may stand in a command's words and in the environment. */
final class EnvironmentCheck {
    private static final Set<String> SET_BY_US = Set.of("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID");
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(HANDOVER_[^}]*)}");
    private static final List<String> REPLACED = List.of("HANDOVER_GENERATION", "HANDOVER_SERVICE", "HANDOVER_WORKER");

    private EnvironmentCheck() {}

    static void checkName(String name, Node node) {
        if (name.isEmpty() || name.contains("=") || name.contains("\0")) {
            node.problem("expected a variable's name: not empty, without '=' and without a zero byte");
        } else if (name.startsWith("HANDOVER_") || SET_BY_US.contains(name)) {
            node.problem("reserved; the supervisor sets " + name + " itself");
        }
    }

    /** Checks a value of the environment or a word of a command, and tells whether it can be passed to a program. */
    static boolean checkValue(String text, Node node) {
        if (text.contains("\0")) {
            node.problem("expected text without a zero byte");
            return false;
        }
        Matcher references = REFERENCE.matcher(text);
        while (references.find()) {
            String name = references.group(1);
            if (!REPLACED.contains(name)) {
                node.problem("nothing replaces ${" + name + "}; "
                        + Nearest.to(name, REPLACED)
                                .map(near -> "did you mean ${" + near + "}?")
                                .orElse("expected one of ${" + String.join("}, ${", REPLACED) + "}"));
            }
        }
        return true;
    }

    /** Whether the word is another for each worker. */
    static boolean hasReference(String word) {
        return REFERENCE.matcher(word).find();
    }
}
