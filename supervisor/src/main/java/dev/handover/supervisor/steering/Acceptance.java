package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.terms.Counts;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Whether somebody accepts from the listeners that serve. A queue that is empty, or that is seen to become shorter, shows it;
 * one that is not for a while belongs to a listener that its worker has opened and forgotten, or to a worker that hangs. For
 * one thread.
 */
final class Acceptance {
    /** Longer than a worker is held up that has only just begun to serve. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Consumer<List<String>> then;
    private final long began;
    /** The longest queue that was seen, of each whose acceptance is not shown. */
    private final Map<Member, Long> longest = new HashMap<>();

    private Acceptance(Collection<Member> serving, Turns turns, Consumer<List<String>> then) {
        this.then = then;
        this.began = turns.now();
        serving.stream().filter(Member::isTcp).forEach(member -> longest.put(member, 0L));
    }

    /**
     * Looks at once, and as long as that takes.
     *
     * @param then gets, in words, where nobody was seen to accept
     */
    static void watch(Collection<Member> serving, Turns turns, Consumer<List<String>> then) {
        Acceptance acceptance = new Acceptance(serving, turns, then);
        if (!acceptance.isOver(acceptance.began)) {
            Again.often(turns, acceptance::isOver).begin();
        }
    }

    private boolean isOver(long now) {
        longest.entrySet().removeIf(Acceptance::isShown);
        boolean over = longest.isEmpty() || now - began >= LIMIT.toNanos();
        if (over) {
            then.accept(longest.entrySet().stream()
                    .map(one -> one.getKey() + ": " + Counts.text(one.getValue(), "connection")
                            + " in a queue that was not seen to become shorter for 5 s: nobody accepts from that"
                            + " listener, or seldom")
                    .sorted()
                    .toList());
        }
        return over;
    }

    private static boolean isShown(Map.Entry<Member, Long> one) {
        try {
            long waiting = one.getKey().waiting();
            boolean shown = waiting == 0 || waiting < one.getValue();
            one.setValue(waiting);
            return shown;
        } catch (LinuxException gone) {
            return true; // It serves no more.
        }
    }
}
