package dev.handover.supervisor.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.handover.supervisor.chronicle.Selection;
import dev.handover.supervisor.process.OutputLine;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ServiceName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What of something that is kept, and goes on, somebody wants to read.
 *
 * @param follow whether to go on with what happens
 * @param since what happened in so long until now; whenever where empty
 * @param after what has a higher number
 * @param last of what is there, no more than so many
 * @param generation what concerns this one alone
 */
record Reading(
        boolean follow,
        Optional<Duration> since,
        OptionalLong after,
        OptionalInt last,
        Optional<GenerationId> generation) {
    static final Reading ALL =
            new Reading(false, Optional.empty(), OptionalLong.empty(), OptionalInt.empty(), Optional.empty());

    private static final Set<String> OF_EVENTS = Set.of("follow", "since_ms", "after", "last");
    private static final Set<String> OF_LOGS = Set.of("follow", "since_ms", "last", "generation");
    private static final long LONGEST = Duration.ofDays(366).toMillis();

    /** Whether the requests of a verb may have this field. */
    static boolean has(Verb verb, String name) {
        return switch (verb) {
            case EVENTS -> OF_EVENTS.contains(name);
            case LOGS -> OF_LOGS.contains(name);
            default -> false;
        };
    }

    /** @throws IllegalArgumentException if a field is something else; the message is for people */
    static Reading read(JsonObject call) {
        return new Reading(
                flag(call.get("follow")),
                number(call, "since_ms", 0, LONGEST).stream()
                        .mapToObj(Duration::ofMillis)
                        .findFirst(),
                number(call, "after", 0, Long.MAX_VALUE),
                number(call, "last", 0, Integer.MAX_VALUE).stream()
                        .mapToInt(Math::toIntExact)
                        .findFirst(),
                number(call, "generation", 1, Integer.MAX_VALUE).stream()
                        .mapToObj(number -> new GenerationId(Math.toIntExact(number)))
                        .findFirst());
    }

    Selection selection(Optional<ServiceName> service) {
        return new Selection(service.map(ServiceName::value), from(), after, last);
    }

    private Optional<Instant> from() {
        return since.map(Instant.now()::minus);
    }

    /** Whether a line of a worker's output is wanted. */
    Predicate<OutputLine> lines() {
        Optional<Instant> from = from();
        return line -> (from.isEmpty() || !line.at().isBefore(from.get()))
                && (generation.isEmpty()
                        || generation.get().equals(line.worker().generation()));
    }

    private static boolean flag(@Nullable JsonElement value) {
        if (value == null) {
            return false;
        }
        if (value instanceof JsonPrimitive flag && flag.isBoolean()) {
            return flag.getAsBoolean();
        }
        throw new IllegalArgumentException("'follow' must be true or false");
    }

    private static OptionalLong number(JsonObject call, String name, long least, long most) {
        if (!call.has(name)) {
            return OptionalLong.empty();
        }
        if (call.get(name) instanceof JsonPrimitive value && value.isNumber()) {
            try {
                long number = value.getAsBigDecimal().longValueExact();
                if (number >= least && number <= most) {
                    return OptionalLong.of(number);
                }
            } catch (ArithmeticException | NumberFormatException fraction) {
                // It is told what is expected.
            }
        }
        throw new IllegalArgumentException("'" + name + "' must be a whole number from " + least + " to " + most);
    }
}
