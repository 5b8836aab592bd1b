package dev.handover.supervisor.terms;

import dev.handover.supervisor.terms.Happening.What;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who is told of what happens.
 *
 * @param name of its table, for people
 * @param on words of {@link #WORDS}; at least one
 * @param services only what happens to these, and nothing that is the supervisor's; everything where empty
 * @param timeout how long one event may take
 */
public record NotifySpec(String name, Way way, Set<String> on, Set<ServiceName> services, Duration timeout) {
    /** A reload that failed; all others are {@code reload-ended}, too. */
    public static final String RELOAD_FAILED = "reload-failed";

    /** What there is to be told of. That somebody could not be told is not: it would be told without an end. */
    public static final List<String> WORDS = Stream.concat(
                    Stream.of(RELOAD_FAILED),
                    Arrays.stream(What.values())
                            .filter(what -> what != What.NOTIFY_FAILED)
                            .map(What::word))
            .toList();

    /** How they are told. */
    public sealed interface Way {}

    /**
     * A command that is run for each event.
     *
     * @param command the program and its arguments; not empty
     * @param directory its working directory, absolute
     */
    public record Command(List<String> command, Path directory) implements Way {
        public Command {
            command = List.copyOf(command);
            if (command.isEmpty()) {
                throw new IllegalArgumentException("a command has at least one word");
            }
        }
    }

    /** Where each event is sent to; what is behind the host is a secret. */
    public record Webhook(URI url) implements Way {
        public Webhook {
            if (url.getHost() == null || !List.of("http", "https").contains(url.getScheme())) {
                throw new IllegalArgumentException("a webhook is at http:// or https://, and a host");
            }
        }

        /** Without what may be secret. */
        @Override
        public String toString() {
            return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
        }
    }

    public NotifySpec {
        on = Set.copyOf(on);
        services = Set.copyOf(services);
        if (on.isEmpty() || !WORDS.containsAll(on)) {
            throw new IllegalArgumentException("nobody is told of " + on);
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("a notification's timeout must be longer than 0, not " + timeout);
        }
    }

    /**
     * Whether this is to be told.
     *
     * @param what its word, which a supervisor of another version may know alone
     * @param service whose it is; an empty text of what is the supervisor's
     * @param failed whether it is an error
     */
    public boolean wants(String what, String service, boolean failed) {
        boolean wanted =
                on.contains(what) || (failed && what.equals(What.RELOAD_ENDED.word()) && on.contains(RELOAD_FAILED));
        return wanted && (services.isEmpty() || names().contains(service));
    }

    private Set<String> names() {
        return services.stream().map(ServiceName::value).collect(Collectors.toSet());
    }
}
