package dev.handover.supervisor.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Of a reload: whether its new generations are tried on some of the clients first. */
final class CanaryOptions {
    @ArgGroup(exclusive = true)
    private @Nullable Either either;

    private static final class Either {
        @Option(names = "--no-canary", description = "move all clients at once, whatever is configured")
        @SuppressWarnings("UnusedVariable") // picocli sets it, and that it is here says it
        private boolean none;

        @ArgGroup(exclusive = false)
        private @Nullable Some some;
    }

    /** In place of what is configured. */
    private static final class Some {
        @Option(
                names = "--canary",
                paramLabel = "STEPS[:TIME]",
                description = {
                    "lead so many of the clients to the new generation first, such as 10%%:60s or 1%%,10%%,50%%;",
                    "each step lasts TIME (30s)"
                })
        private @Nullable String steps;

        @Option(
                names = "--clients",
                paramLabel = "RANGE[,RANGE...]",
                split = ",",
                description = "lead these clients to it first, such as 10.1.0.0/16,2001:db8::/32")
        private List<String> clients = List.of();

        @Option(names = "--pause", description = "stay at the last step until promote or rollback")
        private boolean pauses;

        @Option(
                names = "--no-judge",
                description = "leave it where it is, also where its clients get no answer or its metric fails")
        private boolean unjudged;
    }

    /** The field of the request; null where nothing is said. */
    @Nullable
    Object field() {
        Either said = either;
        if (said == null) {
            return null;
        }
        return said.some == null ? false : field(said.some);
    }

    private static Object field(Some some) {
        Map<String, Object> canary = new LinkedHashMap<>();
        String steps = some.steps;
        if (steps != null) {
            int colon = steps.indexOf(':');
            String percentages = colon < 0 ? steps : steps.substring(0, colon);
            canary.put("steps", percentages.isEmpty() ? List.of() : List.of(percentages.split(",", -1)));
            if (colon >= 0) {
                canary.put("step", steps.substring(colon + 1));
            }
        }
        if (!some.clients.isEmpty()) {
            canary.put("clients", some.clients);
        }
        if (some.pauses) {
            canary.put("end", "pause");
        }
        if (some.unjudged) {
            canary.put("judge", false);
        }
        return canary;
    }
}
