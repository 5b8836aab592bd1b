package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.terms.Counts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Whether somebody accepts from the listeners that serve, and nothing of what came to them was lost. A queue that is empty, or that is seen to become shorter, shows it;
 * one that is not for a while belongs to a listener that its worker has opened and forgotten, or to a worker that hangs. For
 * one thread.
 */
final class Acceptance {
    /** Longer than a worker is held up that has only just begun to serve. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Supplier<List<Member>> serving;
    private final Supplier<List<String>> unsettled;
    private final Turns turns;
    private final Consumer<List<String>> then;
    private final List<String> losses = new ArrayList<>();
    private final long began;
    /** The longest queue that was seen, of each whose acceptance is not shown. */
    private final Map<Member, Long> longest = new HashMap<>();

    private boolean over;

    /**
     * Of those that serve now.
     *
     * @param serving who serves; what serves no more is not looked at
     * @param unsettled what dead workers left behind, and nobody knows yet what becomes of it; in words
     * @param then gets, in words, where nobody was seen to accept, and what was lost meanwhile
     */
    Acceptance(
            Supplier<List<Member>> serving,
            Supplier<List<String>> unsettled,
            Turns turns,
            Consumer<List<String>> then) {
        this.serving = serving;
        this.unsettled = unsettled;
        this.turns = turns;
        this.then = then;
        this.began = turns.now();
        serving.get().stream().filter(Member::isTcp).forEach(member -> longest.put(member, 0L));
    }

    /** Looks at once, and as long as that takes. */
    void watch() {
        if (!isSettled(began)) {
            Again.often(turns, this::isSettled).begin();
        }
    }

    /** Something was lost of what serves. */
    void lost(String how) {
        losses.add(how);
    }

    boolean isOver() {
        return over;
    }

    private boolean isSettled(long now) {
        longest.keySet().retainAll(serving.get());
        longest.entrySet().removeIf(Acceptance::isShown);
        List<String> pending = unsettled.get();
        over = (longest.isEmpty() && pending.isEmpty()) || now - began >= LIMIT.toNanos();
        if (over) {
            then.accept(Stream.of(losses.stream(), pending.stream(), deaf())
                    .flatMap(texts -> texts)
                    .toList());
        }
        return over;
    }

    private Stream<String> deaf() {
        return longest.entrySet().stream()
                .map(one -> one.getKey() + ": " + Counts.text(one.getValue(), "connection")
                        + " in a queue that was not seen to become shorter for 5 s: nobody accepts from that"
                        + " listener, or seldom")
                .sorted();
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
