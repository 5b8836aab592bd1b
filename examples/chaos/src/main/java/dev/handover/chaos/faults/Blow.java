package dev.handover.chaos.faults;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One fault that is planned.
 *
 * @param at the step that it waits for; null: the round's begin
 * @param after how long after that
 * @param lasts how long until it is undone, or the next supervisor is started
 * @param which picks one of several victims: 0 or more, modulo their number
 */
record Blow(Kind kind, @Nullable Step at, Duration after, Duration lasts, int which) {
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s, %d ms after %s, for %d ms",
                kind,
                after.toMillis(),
                at == null ? "the begin" : at,
                lasts.toMillis());
    }
}
