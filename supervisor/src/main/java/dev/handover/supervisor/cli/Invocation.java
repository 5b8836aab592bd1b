package dev.handover.supervisor.cli;

import dev.handover.supervisor.control.Verb;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A command line of {@code supervisorctl}, understood.
 *
 * @param socket the control socket; null for the default
 * @param json whether to print the control protocol's lines in place of text
 * @param service null where none is named
 * @param waits whether to wait until a reload has ended
 * @param canary the reload's field of that name; null for as it is configured
 * @param to the reload's: of what generation's configuration; null for what the file says
 * @param busy the reload's: what becomes of it during another one; null for waiting
 * @param timeout how long to wait for it; null for as long as it takes
 */
record Invocation(
        Verb verb,
        @Nullable Path socket,
        boolean json,
        @Nullable String service,
        boolean waits,
        @Nullable Duration timeout,
        @Nullable Object canary,
        @Nullable Long to,
        @Nullable String busy) {
    /** With nothing to say but that. */
    Invocation(
            Verb verb,
            @Nullable Path socket,
            boolean json,
            @Nullable String service,
            boolean waits,
            @Nullable Duration timeout) {
        this(verb, socket, json, service, waits, timeout, null, null, null);
    }
}
