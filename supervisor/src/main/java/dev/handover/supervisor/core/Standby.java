package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.ListenAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A generation that stands by after a flip, so that new connections can be moved back to it: until when, and what ends that. */
final class Standby {
    /** What kept them from being moved back by itself may be over by then. */
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(5);

    private final Generation warm;
    private final Generation serving;
    private final long until;
    private long notBefore;

    private Standby(Generation warm, Generation serving, Duration time, Turn turn) {
        this.warm = warm;
        this.serving = serving;
        this.until = turn.now() + time.toNanos();
        this.notBefore = turn.now();
    }

    /**
     * Why the generation can't stand by that another one is to serve in the place of; empty if it can, or is not to. Where the
     * other one does not listen, clients would wait for as long as it stood by, in vain.
     */
    static Optional<String> obstacle(Generation old, Generation to) {
        List<ListenAddress> left = old.spec().listen().stream()
                .filter(address -> !to.spec().listen().contains(address))
                .toList();
        if (!left.isEmpty()) {
            return Optional.of("generation " + to.id() + " does not listen on "
                    + left.stream().map(ListenAddress::toString).collect(Collectors.joining(", ")));
        }
        return old.isServedByAny() ? Optional.empty() : Optional.of("none of its workers is ready");
    }

    /** @param warm has been steered away from in favour of the other one, whose configuration says for how long it stands by */
    static Standby of(Generation warm, Generation serving, Turn turn) {
        Duration time = serving.spec().standby().orElse(Duration.ZERO);
        turn.about(warm)
                .info(warm + " stands by for " + Durations.text(time) + "; " + CommandNames.CTL + " rollback "
                        + warm.spec().name() + " moves new connections back to it");
        return new Standby(warm, serving, time, turn);
    }

    Generation warm() {
        return warm;
    }

    Generation serving() {
        return serving;
    }

    /** Whether it is still there to be gone back to. */
    boolean lasts() {
        return warm.mayReturn();
    }

    /** Why it is to be gone back to though nobody asks for it; empty if it is not, or has been tried just now. */
    Optional<String> fallen(Turn turn) {
        return serving.hasFallen() && warm.isServedByAny() && turn.now() >= notBefore
                ? Optional.of("since none of its workers is left: " + serving.fall())
                : Optional.empty();
    }

    /** New connections could not be moved back to it. */
    void failed(Turn turn) {
        notBefore = turn.now() + AGAIN_AFTER.toNanos();
    }

    /** Why it is to drain; empty if it is not. */
    Optional<String> over(Turn turn) {
        if (!warm.isServedByAny()) {
            return Optional.of("none of its workers is left");
        }
        return turn.now() >= until ? Optional.of("its time is over") : Optional.empty();
    }

    long nextDeadline() {
        return serving.hasFallen() ? Math.min(until, notBefore) : until;
    }

    /** For how long it still stands by, at most. */
    Duration left(long now) {
        return Duration.ofNanos(Math.max(0, until - now));
    }
}
