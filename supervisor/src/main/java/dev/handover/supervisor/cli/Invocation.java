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
 * @param watch how long after each answer to ask again; null for once
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
        @Nullable Duration watch,
        Map<String, Object> fields,
        List<String> command) {
    /** The fields of {@code events} and {@code logs} where nothing else is said. */
    static final Map<String, Object> NEWEST = Map.of("last", 100L);

    /** With nothing to run meanwhile. */
    Invocation(
            Verb verb,
            @Nullable Path socket,
            boolean json,
            @Nullable String service,
            boolean waits,
            @Nullable Duration timeout,
            @Nullable Duration watch,
            Map<String, Object> fields) {
        this(verb, socket, json, service, waits, timeout, watch, fields, List.of());
    }

    /** The same, with a command. */
    Invocation running(List<String> words) {
        return new Invocation(verb, socket, json, service, waits, timeout, watch, fields, words);
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

    /** With these fields of the request. */
    Invocation(
            Verb verb,
            @Nullable Path socket,
            boolean json,
            @Nullable String service,
            boolean waits,
            @Nullable Duration timeout,
            Map<String, Object> fields) {
        this(verb, socket, json, service, waits, timeout, null, fields);
    }

    /** The same, with these fields. */
    Invocation with(Map<String, Object> others) {
        return new Invocation(verb, socket, json, service, waits, timeout, watch, others, command);
    }

    /** The same, asked again and again. */
    Invocation watching(Duration pause) {
        return new Invocation(verb, socket, json, service, waits, timeout, pause, fields, command);
    }

    /** Whether it goes on until it is ended. */
    boolean follows() {
        return Boolean.TRUE.equals(fields.get("follow"));
    }
}
