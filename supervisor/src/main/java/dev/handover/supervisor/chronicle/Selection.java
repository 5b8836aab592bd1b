package dev.handover.supervisor.chronicle;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What of the chronicle somebody wants to read.
 *
 * @param service of this one alone; of all and of the supervisor itself where empty
 * @param since what happened then or later
 * @param after only what has a higher number
 * @param last of what is there already, only so many of the newest
 */
public record Selection(Optional<String> service, Optional<Instant> since, OptionalLong after, OptionalInt last) {
    /** All there is. */
    public static final Selection ALL =
            new Selection(Optional.empty(), Optional.empty(), OptionalLong.empty(), OptionalInt.empty());

    /** Only what happens from now on. */
    public static final Selection NEW =
            new Selection(Optional.empty(), Optional.empty(), OptionalLong.empty(), OptionalInt.of(0));

    public static Selection of(String service) {
        return new Selection(Optional.of(service), Optional.empty(), OptionalLong.empty(), OptionalInt.empty());
    }

    Selection afterAny() {
        return new Selection(service, since, OptionalLong.empty(), last);
    }

    boolean has(Entry entry) {
        return entry.number() > after.orElse(0)
                && (service.isEmpty() || service.equals(entry.service()))
                && (since.isEmpty() || !entry.at().isBefore(since.get()));
    }
}
