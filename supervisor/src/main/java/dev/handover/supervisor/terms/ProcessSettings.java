package dev.handover.supervisor.terms;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a worker's process has of its own, where it would else have the supervisor's.
 *
 * @param umask the permissions that new files are not given, 0 to 0777
 * @param nice -20, which runs first, to 19
 * @param startShare what a worker of a generation that is to take over gets of the CPU until it is ready
 * @param limits soft and hard ones alike; empty for none
 * @param user by name or by number
 * @param group by name or by number; the user's own where empty
 * @param log where its output is written
 */
public record ProcessSettings(
        OptionalInt umask,
        OptionalInt nice,
        StartShare startShare,
        Map<Resource, OptionalLong> limits,
        Optional<String> user,
        Optional<String> group,
        Optional<LogSpec> log) {
    public static final int LARGEST_UMASK = 0777;
    public static final int LEAST_NICE = -20;
    public static final int MOST_NICE = 19;

    /** Of a service that asks for nothing of it. */
    public static final ProcessSettings INHERITED = new ProcessSettings(
            OptionalInt.empty(),
            OptionalInt.empty(),
            StartShare.LOW,
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    public ProcessSettings {
        limits = limits.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(limits));
        require("umask", umask, 0, LARGEST_UMASK);
        require("nice", nice, LEAST_NICE, MOST_NICE);
        limits.forEach((resource, limit) -> {
            if (limit.orElse(0) < 0) {
                throw new IllegalArgumentException("limits." + resource + " must be at least 0");
            }
        });
    }

    private static void require(String what, OptionalInt number, int least, int most) {
        if (number.isPresent() && (number.getAsInt() < least || number.getAsInt() > most)) {
            throw new IllegalArgumentException(what + " must be from " + least + " to " + most);
        }
    }
}
