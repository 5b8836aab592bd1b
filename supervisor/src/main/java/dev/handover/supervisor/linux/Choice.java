package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.QuicTag;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where a reuseport group's new connections, or new UDP flows, go: evenly to some members, wherever they stand.
 *
 * <p>An index that the group does not have makes the kernel fall back to its own hash over all members, for the connections
 * concerned. TCP connections are spread at random, UDP by a hash of the flow, so that a flow stays with its member as long
 * as the choice stays the same.
 *
 * @param indices the members by their index in the group: at least 1, each once; their order decides, together with their
 *     number, which flow goes to which
 * @param canary who gets some of the clients instead, if anybody does
 * @param doors what comes from these sources goes to the member at this index, and to nobody else; at most
 *     {@value #MOST_DOORS}
 * @param tags QUIC packets whose destination connection id bears one of these go to its members, by the flow's hash if it
 *     has several; for UDP only, at most {@value #MOST_TAGGED} members in all
 */
public record Choice(
        List<Integer> indices,
        Optional<Canary> canary,
        Map<InetSocketAddress, Integer> doors,
        Map<QuicTag, List<Integer>> tags) {
    /** Two instructions each, of the 4096 that a program may have, and one that chooses among 1024 members has 2048. */
    public static final int MOST_DOORS = 896;

    /** Four instructions each, at most; a door leads connections of TCP, and none of these has both. */
    public static final int MOST_TAGGED = 512;

    /**
     * A second choice, for some clients.
     *
     * @param indices the members, as those of the first are given
     * @param split which clients
     */
    public record Canary(List<Integer> indices, Split split) {
        public Canary {
            indices = checked(indices);
        }
    }

    public Choice {
        indices = checked(indices);
        doors = Map.copyOf(doors);
        tags = Map.copyOf(tags);
        if (tags.values().stream().anyMatch(List::isEmpty)
                || tags.values().stream().mapToInt(List::size).sum() > MOST_TAGGED) {
            throw new IllegalArgumentException(
                    "a tag has at least 1 member, and all have at most " + MOST_TAGGED + ": " + tags);
        }
        if (doors.size() > MOST_DOORS) {
            throw new IllegalArgumentException("a program has at most " + MOST_DOORS + " doors, not " + doors.size());
        }
    }

    /** Without doors and tags. */
    public Choice(List<Integer> indices) {
        this(indices, Optional.empty(), Map.of(), Map.of());
    }

    private static List<Integer> checked(List<Integer> indices) {
        if (indices.isEmpty() || Set.copyOf(indices).size() != indices.size()) {
            throw new IllegalArgumentException("a choice is among at least 1 member, each named once: " + indices);
        }
        if (indices.stream().anyMatch(index -> index < 0)) {
            throw new IllegalArgumentException("a group's members are numbered from 0: " + indices);
        }
        return List.copyOf(indices);
    }

    /** The same, but for the clients that are led to a canary. */
    public Choice withCanary(List<Integer> members, Split split) {
        return new Choice(indices, Optional.of(new Canary(members, split)), doors, tags);
    }

    /** The same, but for what comes from these sources. */
    public Choice withDoors(Map<InetSocketAddress, Integer> those) {
        return new Choice(indices, canary, those, tags);
    }

    /** The same, but for QUIC packets whose connection id bears one of these. */
    public Choice withTags(Map<QuicTag, List<Integer>> those) {
        return new Choice(indices, canary, doors, those);
    }

    public static Choice among(Integer... indices) {
        return new Choice(Stream.of(indices).toList());
    }

    @Override
    public String toString() {
        String second = canary.map(one -> ", and for " + one.split().share() + " among " + one.indices())
                .orElse("");
        return "among " + indices + second + (doors.isEmpty() ? "" : ", and by doors " + doors)
                + (tags.isEmpty() ? "" : ", and by tags " + tags);
    }
}
