package dev.handover.supervisor.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.handover.supervisor.chronicle.Selection;
import dev.handover.supervisor.terms.ServiceName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of what has happened.
 *
 * @param follow whether to go on with what happens
 * @param since what happened in so long until now; whenever where empty
 * @param after what has a higher number
 * @param last of what is there, no more than so many
 */
record EventsField(boolean follow, Optional<Duration> since, OptionalLong after, OptionalInt last) {
    static final EventsField ALL = new EventsField(false, Optional.empty(), OptionalLong.empty(), OptionalInt.empty());

    private static final Set<String> NAMES = Set.of("follow", "since_ms", "after", "last");
    private static final long LONGEST = Duration.ofDays(366).toMillis();

    static boolean has(String name) {
        return NAMES.contains(name);
    }

    /** @throws IllegalArgumentException if a field is something else; the message is for people */
    static EventsField read(JsonObject call) {
        return new EventsField(
                flag(call.get("follow")),
                number(call, "since_ms", LONGEST).stream()
                        .mapToObj(Duration::ofMillis)
                        .findFirst(),
                number(call, "after", Long.MAX_VALUE),
                number(call, "last", Integer.MAX_VALUE).stream()
                        .mapToInt(Math::toIntExact)
                        .findFirst());
    }

    Selection selection(Optional<ServiceName> service) {
        return new Selection(service.map(ServiceName::value), since.map(Instant.now()::minus), after, last);
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

    private static OptionalLong number(JsonObject call, String name, long most) {
        if (!call.has(name)) {
            return OptionalLong.empty();
        }
        if (call.get(name) instanceof JsonPrimitive value && value.isNumber()) {
            try {
                long number = value.getAsBigDecimal().longValueExact();
                if (number >= 0 && number <= most) {
                    return OptionalLong.of(number);
                }
            } catch (ArithmeticException | NumberFormatException fraction) {
                // It is told what is expected.
            }
        }
        throw new IllegalArgumentException("'" + name + "' must be a whole number from 0 to " + most);
    }
}
