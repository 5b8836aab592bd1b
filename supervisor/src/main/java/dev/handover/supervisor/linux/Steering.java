package dev.handover.supervisor.linux;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Where a reuseport group's new connections, or new UDP flows, go, in words: members are named by their index in the group.
 *
 * <p>An index that the group does not have makes the kernel fall back to its own hash over all members, for the connections
 * concerned. TCP connections are spread at random, UDP by a hash of the flow, so that a flow stays with its member as long
 * as the description stays the same.
 */
public sealed interface Steering {
    /** The indices that get something. */
    IntStream members();

    /** The same to each of some neighbouring members. */
    sealed interface Even extends Steering {
        int first();

        int count();

        @Override
        default IntStream members() {
            return IntStream.range(first(), first() + count());
        }
    }

    /** All to one member. */
    record To(int index) implements Even {
        public To {
            requireIndex(index);
        }

        @Override
        public int first() {
            return index;
        }

        @Override
        public int count() {
            return 1;
        }

        @Override
        public String toString() {
            return "to " + index;
        }
    }

    /**
     * Spread evenly.
     *
     * @param first the lowest index
     * @param count how many members from there on, at least 1
     */
    record Spread(int first, int count) implements Even {
        public Spread {
            requireIndex(first);
            if (count < 1) {
                throw new IllegalArgumentException("a spread is over at least 1 member, not " + count);
            }
        }

        @Override
        public String toString() {
            return "over " + first + ".." + (first + count - 1);
        }
    }

    /**
     * A part here, the rest there: a canary.
     *
     * @param percent 0 to 100, of the connections or flows
     */
    record Share(int percent, Even some, Even rest) implements Steering {
        public Share {
            if (percent < 0 || percent > 100) {
                throw new IllegalArgumentException("a share is 0 to 100 percent, not " + percent);
            }
        }

        @Override
        public IntStream members() {
            return IntStream.concat(
                            percent == 0 ? IntStream.empty() : some.members(),
                            percent == 100 ? IntStream.empty() : rest.members())
                    .distinct();
        }

        @Override
        public String toString() {
            return percent + " % " + some + ", the rest " + rest;
        }
    }

    /**
     * Spread evenly over members wherever they stand.
     *
     * @param indices at least 1, each once; their order decides, together with their number, which flow goes to which
     */
    record Among(List<Integer> indices) implements Steering {
        public Among {
            indices = List.copyOf(indices);
            indices.forEach(Steering::requireIndex);
            if (indices.isEmpty() || Set.copyOf(indices).size() != indices.size()) {
                throw new IllegalArgumentException("a spread is over at least 1 member, each named once: " + indices);
            }
        }

        @Override
        public IntStream members() {
            return indices.stream().mapToInt(Integer::intValue);
        }

        @Override
        public String toString() {
            return "among " + indices;
        }
    }

    private static void requireIndex(int index) {
        if (index < 0) {
            throw new IllegalArgumentException("a group's members are numbered from 0, not " + index);
        }
    }
}
