package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.Choice;
import dev.handover.supervisor.linux.Split;
import dev.handover.supervisor.terms.QuicTag;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongFunction;
import java.util.function.Predicate;

/**
 * Whom a group's program leads to what can be told from other clients' packets; members are named by their cookies.
 *
 * @param doors what comes from these sources
 * @param tags QUIC packets whose connection id bears one of these
 * @param canary all else of some clients
 */
record Leads(Map<InetSocketAddress, Long> doors, Map<QuicTag, List<Long>> tags, Optional<Canary> canary) {
    static final Leads NONE = new Leads(Map.of(), Map.of(), Optional.empty());

    /**
     * Whom the program chooses among for some clients.
     *
     * @param members by their cookies; may be empty, so that nobody's clients are
     */
    record Canary(List<Long> members, Split split) {
        Canary {
            members = List.copyOf(members);
        }

        /** Without those that have gone. */
        Canary among(Predicate<Long> there) {
            return new Canary(members.stream().filter(there).toList(), split);
        }
    }

    Leads {
        doors = Map.copyOf(doors);
        tags = Map.copyOf(tags);
    }

    /** @param tagged held listeners, of which the newest generations' are led to as far as there is room in a program */
    static Leads of(Map<InetSocketAddress, Long> doors, List<Member> tagged, Optional<Canary> canary) {
        Map<QuicTag, List<Long>> tags = new HashMap<>();
        tagged.stream()
                .sorted(Comparator.comparing(Member::generation).reversed())
                .filter(member -> member.tag().isPresent())
                .limit(Choice.MOST_TAGGED)
                .forEach(member -> tags.computeIfAbsent(member.tag().orElseThrow(), none -> new ArrayList<>())
                        .add(member.cookie()));
        return new Leads(doors, tags, canary);
    }

    /**
     * A choice among some indices, but for what is led to a member whose place is certain.
     *
     * @param place where a member stands, if that is certain
     */
    Choice orElse(List<Integer> indices, LongFunction<OptionalInt> place) {
        Map<InetSocketAddress, Integer> bySource = new HashMap<>();
        doors.forEach((source, cookie) -> place.apply(cookie).ifPresent(index -> bySource.put(source, index)));
        Map<QuicTag, List<Integer>> byTag = new HashMap<>();
        tags.forEach((tag, cookies) -> cookies.forEach(cookie -> place.apply(cookie)
                .ifPresent(index ->
                        byTag.computeIfAbsent(tag, none -> new ArrayList<>()).add(index))));
        Choice choice = new Choice(indices).withDoors(bySource).withTags(byTag);
        List<Integer> some = canaries().stream()
                .flatMap(cookie -> place.apply(cookie).stream().boxed())
                .toList();
        return some.isEmpty()
                ? choice
                : choice.withCanary(some, canary.orElseThrow().split());
    }

    /** Whom some clients are led to; empty if none are. */
    List<Long> canaries() {
        return canary.map(Canary::members).orElse(List.of());
    }

    /** Whether QUIC packets of some connections are led to this member. */
    boolean isTagged(long cookie) {
        return tags.values().stream().anyMatch(cookies -> cookies.contains(cookie));
    }
}
