package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Tells whether the program of a TCP group is the one that was set. The kernel shows it to nobody; but one that was set
 * here leads packets of this process to the member that each of them names, which no other program does, and the member
 * turns them away and counts that. No program is set for it, and no worker and no client sees any of it.
 *
 * <p>For one thread.
 */
public final class Signature implements AutoCloseable {
    /** One that another program led to the right member by chance is not enough. */
    private static final int LOOKS = 2;
    /** On a busy machine a packet may come too late for its look. */
    private static final int MOST_LOOKS = 6;

    private final Probe probe;

    /**
     * For a TCP group. As long as it is open, its packets' source is nobody else's.
     *
     * @throws Unreached if no packet of this host reaches the group
     */
    public Signature(ListenAddress address) throws IOException {
        this(new Probe(address));
    }

    /** @param probe is closed with it */
    Signature(Probe probe) {
        this.probe = probe;
    }

    /** Steers the whole group that the listener belongs to, by a program that bears this signature. */
    public void steer(HeldListener any, Choice choice) throws LinuxException {
        any.steer(probe.match(), 0, Optional.of(choice));
    }

    Probe probe() {
        return probe;
    }

    /** Whether a packet can name a member that stands there. */
    public static boolean canName(int index) {
        return index < PacketMatch.NUMBERS;
    }

    /**
     * Whether the program that is in force bears it.
     *
     * @param asked members by their index, each of which {@linkplain #canName can be named}; with one alone, in a group of
     *     several, the answer may be right by chance
     * @param held all that are held of the group: whoever gets the packet turns it away
     * @throws Unreached if that can't be told, since no packet of this signature reaches the group any more
     */
    public boolean isInForce(Map<Integer, HeldListener> asked, List<HeldListener> held) throws IOException {
        probe.aim();
        List<HeldListener> prepared = new ArrayList<>();
        try {
            for (HeldListener listener : held) {
                listener.turnAway(probe);
                prepared.add(listener);
            }
            for (Map.Entry<Integer, HeldListener> member : asked.entrySet()) {
                if (!isReached(member.getKey(), member.getValue(), held)) {
                    return false;
                }
            }
            return true;
        } finally {
            for (HeldListener listener : prepared) {
                listener.turnAwayNoMore();
            }
        }
    }

    private boolean isReached(int index, HeldListener member, List<HeldListener> held) throws IOException {
        int reached = 0;
        for (int look = 0; look < MOST_LOOKS && reached < LOOKS; look++) {
            boolean dropped = probe.dropping(index, held).stream().anyMatch(one -> Objects.equals(one, member));
            reached = dropped ? reached + 1 : 0;
        }
        return reached == LOOKS;
    }

    @Override
    public void close() {
        try {
            probe.close();
        } catch (IOException e) {
            // A socket that sends nothing any more, and whose port the kernel takes back all the same.
        }
    }
}
