package dev.handover.supervisor.cli;

import dev.handover.supervisor.control.Verb;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command line of {@code supervisorctl}, understood.
 *
 * @param socket the control socket; null for the default
 * @param json whether to print the control protocol's lines in place of text
 * @param service null where none is named
 * @param waits whether to wait until a reload has ended
 * @param timeout how long to wait for it; null for as long as it takes
 * @param fields further fields of the request, by their names in the control protocol
 * @param command what is run here meanwhile, with its arguments; empty where nothing is
 */
record Invocation(
        Verb verb,
        @Nullable Path socket,
        boolean json,
        @Nullable String service,
        boolean waits,
        @Nullable Duration timeout,
        Map<String, Object> fields,
        List<String> command) {
    Invocation(
            Verb verb,
            @Nullable Path socket,
            boolean json,
            @Nullable String service,
            boolean waits,
            @Nullable Duration timeout,
            Map<String, Object> fields) {
        this(verb, socket, json, service, waits, timeout, fields, List.of());
    }

    /** The same, with a command. */
    Invocation running(List<String> words) {
        return new Invocation(verb, socket, json, service, waits, timeout, fields, words);
    }

    /** With nothing to say but that. */
    Invocation(
            Verb verb,
            @Nullable Path socket,
            boolean json,
            @Nullable String service,
            boolean waits,
            @Nullable Duration timeout) {
        this(verb, socket, json, service, waits, timeout, Map.of());
    }
}
