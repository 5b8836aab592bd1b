package dev.handover.supervisor.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What may stand in a command's words and in the environment. */
final class EnvironmentCheck {
    private static final Set<String> SET_BY_US = Set.of("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID");
    /** What is replaced by what is another for each worker. */
    static final List<String> REPLACED = List.of("HANDOVER_GENERATION", "HANDOVER_SERVICE", "HANDOVER_WORKER");

    private EnvironmentCheck() {}

    static void checkName(String name, Node node) {
        if (name.isEmpty() || name.contains("=") || name.contains("\0")) {
            node.problem("expected a variable's name: not empty, without '=' and without a zero byte");
        } else if (isReserved(name)) {
            node.problem(reserved(name));
        }
    }

    static boolean isReserved(String name) {
        return name.startsWith("HANDOVER_") || SET_BY_US.contains(name);
    }

    static String reserved(String name) {
        return "reserved; the supervisor sets " + name + " itself";
    }

    /** Checks a value of the environment or a word of a command, and tells whether it can be passed to a program. */
    static boolean checkValue(String text, Node node) {
        return checkValue(text, node, REPLACED);
    }

    /**
     * The same of a word of a command that is about a worker.
     *
     * @param replaced the supervisor's own variables that are replaced in it
     */
    static boolean checkValue(String text, Node node, List<String> replaced) {
        if (text.contains("\0")) {
            node.problem("expected text without a zero byte");
            return false;
        }
        Template template;
        try {
            template = Template.of(text);
        } catch (IllegalArgumentException refused) {
            node.problem(String.valueOf(refused.getMessage()));
            return false;
        }
        for (String name : template.names()) {
            if (name.startsWith("HANDOVER_") && !replaced.contains(name)) {
                node.problem("nothing replaces ${" + name + "}; "
                        + Nearest.to(name, replaced)
                                .map(near -> "did you mean ${" + near + "}?")
                                .orElse("expected one of ${" + String.join("}, ${", replaced) + "}"));
            }
        }
        return true;
    }

    /** Empty for text that is none, which is a problem already. */
    static Optional<Template> template(String text) {
        try {
            return Optional.of(Template.of(text));
        } catch (IllegalArgumentException refused) {
            return Optional.empty();
        }
    }
}
