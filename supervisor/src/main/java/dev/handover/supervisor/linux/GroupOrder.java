package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.Words;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Asks the kernel which held listener stands at which index of its reuseport group. Nothing tells it; but a program can
 * send a packet to the index that it names, each listener can turn that very packet away, and the one that did so has
 * counted a drop. No worker and no client sees any of it. About 0.2 ms an index.
 */
public final class GroupOrder {
    private static final int LEAST_LOOKS = 2;
    private static final int MOST_LOOKS = 20;
    private static final int MOST_PASSES = 4;

    private final List<HeldListener> missing;
    private final Optional<Choice> meanwhile;
    private final Optional<Signature> signature;
    private final Map<Integer, HeldListener> found = new HashMap<>();

    /** The first index that a packet can name as things stand; empty at first. */
    private OptionalInt first = OptionalInt.empty();

    private int programs;

    /**
     * What was found.
     *
     * @param places by index; one is missing where somebody else's listener stands
     * @param programs how often the group's program was set to find it
     */
    public record Found(Map<Integer, HeldListener> places, int programs) {
        public Found {
            places = Map.copyOf(places);
        }
    }

    private GroupOrder(Collection<HeldListener> listeners, Optional<Choice> meanwhile, Optional<Signature> signature) {
        this.missing = new ArrayList<>(listeners);
        this.meanwhile = meanwhile;
        this.signature = signature;
    }

    /**
     * Looks for the listeners at some indices; the group must have them all, since a packet for an index that it has not
     * goes to any member.
     *
     * @param listeners of one group
     * @param meanwhile the program that steers the group's clients, before, while and after it looks; empty to leave them
     *     to the kernel's hash, and attach none afterwards
     * @param signature what the program bears that is in force meanwhile, and after; empty if it bears none
     * @throws IOException if not all of them are found; nothing but the group's program has changed
     */
    public static Found find(
            Collection<HeldListener> listeners,
            List<Integer> indices,
            Optional<Choice> meanwhile,
            Optional<Signature> signature)
            throws IOException {
        GroupOrder order = new GroupOrder(listeners, meanwhile, signature);
        if (indices.size() == 1 && listeners.size() == 1) {
            return new Found(Map.of(indices.get(0), order.missing.get(0)), 0);
        }
        order.look(indices);
        return new Found(order.found, order.programs);
    }

    private void look(List<Integer> indices) throws IOException {
        if (missing.isEmpty()) {
            return;
        }
        List<HeldListener> all = List.copyOf(missing);
        HeldListener any = all.get(0);
        List<HeldListener> prepared = new ArrayList<>();
        Probe probe = signature.isPresent() ? signature.get().probe() : any.probe();
        try {
            probe.aim();
            for (HeldListener listener : all) {
                listener.turnAway(probe);
                prepared.add(listener);
            }
            // On a busy machine a packet may come too late for its look, or even into the next one.
            for (int pass = 1; pass <= MOST_PASSES && !missing.isEmpty(); pass++) {
                look(indices, any, probe);
            }
        } finally {
            restore(any);
            for (HeldListener listener : prepared) {
                listener.turnAwayNoMore();
            }
            if (signature.isEmpty()) {
                probe.close();
            }
        }
        if (!missing.isEmpty()) {
            throw new IOException("where these stand in their group can't be told: " + Words.and(missing));
        }
    }

    private void restore(HeldListener any) throws LinuxException {
        if (meanwhile.isEmpty()) {
            programs++;
            any.stopSteering();
        } else if (signature.isEmpty()) {
            programs++;
            any.steer(meanwhile.get());
        } else if (first.orElse(-1) != 0) {
            programs++;
            signature.get().steer(any, meanwhile.get());
        } // else what is in force is what was
    }

    /** One program does for as many indices as a packet can name. */
    private void look(List<Integer> indices, HeldListener any, Probe probe) throws IOException {
        for (int index : indices) {
            if (!missing.isEmpty() && !found.containsKey(index)) {
                int number = index % PacketMatch.NUMBERS;
                if (first.isEmpty() || first.getAsInt() != index - number) {
                    first = OptionalInt.of(index - number);
                    programs++;
                    any.steer(probe.match(), index - number, meanwhile);
                }
                Optional<HeldListener> there = ask(probe, number);
                if (there.isPresent()) {
                    found.put(index, there.get());
                    missing.remove(there.get());
                }
            }
        }
    }

    /**
     * Which of those still missing turns a packet away; none if somebody else takes it. Under load others drop packets too,
     * such as one that overflows or that defers its handshakes' end (TCP_DEFER_ACCEPT), but not at each look.
     */
    private Optional<HeldListener> ask(Probe probe, int number) throws IOException {
        List<HeldListener> suspects = List.copyOf(missing);
        for (int look = 1; look <= MOST_LOOKS; look++) {
            List<HeldListener> dropping = probe.dropping(number, missing);
            if (dropping.isEmpty()) {
                return Optional.empty();
            }
            suspects = suspects.stream().filter(dropping::contains).toList();
            if (look >= LEAST_LOOKS && suspects.size() <= 1) {
                return suspects.stream().findFirst();
            }
        }
        throw new IOException("too busy to tell where these stand in their group: " + Words.and(missing));
    }
}
