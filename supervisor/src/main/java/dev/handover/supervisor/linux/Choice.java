package dev.handover.supervisor.linux;

import java.util.List;
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
 */
public record Choice(List<Integer> indices) {
    public Choice {
        indices = List.copyOf(indices);
        if (indices.isEmpty() || Set.copyOf(indices).size() != indices.size()) {
            throw new IllegalArgumentException("a choice is among at least 1 member, each named once: " + indices);
        }
        if (indices.stream().anyMatch(index -> index < 0)) {
            throw new IllegalArgumentException("a group's members are numbered from 0: " + indices);
        }
    }

    public static Choice among(Integer... indices) {
        return new Choice(Stream.of(indices).toList());
    }

    @Override
    public String toString() {
        return "among " + indices;
    }
}
