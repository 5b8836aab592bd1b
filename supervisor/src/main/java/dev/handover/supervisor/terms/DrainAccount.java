package dev.handover.supervisor.terms;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What became of the connections that a worker's processes held when it was told to drain, as the kernel shows it: each
 * is one of the first six.
 *
 * @param finished had a question open then or asked one later, and were answered before they ended
 * @param idle ended with nothing asked since
 * @param left asked, and ended by the client before there was an answer
 * @param cut asked, and ended by this side without an answer
 * @param unseen whatever became of these, the kernel does not tell
 * @param handedOn go on in a process that is none of the worker's
 * @param doubts why a connection may have been cut that is not counted as cut; empty where all are told
 */
public record DrainAccount(
        long finished, long idle, long left, long cut, long unseen, long handedOn, List<String> doubts) {
    public static final DrainAccount NOTHING = new DrainAccount(0, 0, 0, 0, 0, 0, List.of());

    public DrainAccount {
        doubts = List.copyOf(doubts);
    }

    /** Both together. */
    public DrainAccount plus(DrainAccount other) {
        Set<String> all = new LinkedHashSet<>(doubts);
        all.addAll(other.doubts);
        return new DrainAccount(
                finished + other.finished,
                idle + other.idle,
                left + other.left,
                cut + other.cut,
                unseen + other.unseen,
                handedOn + other.handedOn,
                new ArrayList<>(all));
    }

    /** How many there were. */
    public long held() {
        return finished + idle + left + cut + unseen + handedOn;
    }

    /** Whether it shows that nobody was cut. */
    public boolean showsNoCut() {
        return cut == 0 && unseen == 0 && doubts.isEmpty();
    }

    /** For people. */
    @Override
    public String toString() {
        return "finished " + finished + ", closed while idle " + idle + ", cut " + cut + ", not seen " + unseen
                + (left == 0 ? "" : ", left by the client " + left)
                + (handedOn == 0 ? "" : ", handed on " + handedOn);
    }
}
