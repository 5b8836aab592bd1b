package dev.handover.supervisor.terms;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * How a new generation is tried on some of the clients before all are moved to it.
 *
 * @param clients who get it first, alone for a step, and in each that follows; may be empty, at most
 *     {@value CanaryShare#MOST_CLIENTS}
 * @param steps how many of the others get it then, step by step; each more than the one before, and more than 0%. Empty only
 *     where there are clients.
 * @param step how long each lasts
 * @param end what follows the last
 * @param judge whether it is rolled back where its clients get no answer or a late one, and those of the generation that serves
 *     don't
 * @param metric what else tells how it fares; empty where nothing does
 */
public record CanarySpec(
        List<ClientRange> clients,
        List<Percentage> steps,
        Duration step,
        End end,
        boolean judge,
        Optional<MetricSpec> metric) {
    public static final int MOST_STEPS = 100;

    /** What becomes of a canary whose last step is over. */
    public enum End {
        /** All clients are moved to it. */
        PROMOTE,
        /** It stays as it is until someone says which it is to be. */
        PAUSE
    }

    public CanarySpec {
        clients = List.copyOf(clients);
        steps = List.copyOf(steps);
        if (clients.size() > CanaryShare.MOST_CLIENTS) {
            throw new IllegalArgumentException("at most " + CanaryShare.MOST_CLIENTS
                    + " ranges of clients can be told apart, not " + clients.size());
        }
        if (steps.size() > MOST_STEPS) {
            throw new IllegalArgumentException("a canary has at most " + MOST_STEPS + " steps, not " + steps.size());
        }
        if (clients.isEmpty() && steps.isEmpty()) {
            throw new IllegalArgumentException("a canary has clients, or at least 1 step");
        }
        Percentage before = Percentage.ZERO;
        for (Percentage next : steps) {
            if (next.compareTo(before) <= 0) {
                throw new IllegalArgumentException(
                        "a canary's steps grow, and " + next + " is not more than " + before);
            }
            before = next;
        }
        if (step.isNegative() || step.isZero()) {
            throw new IllegalArgumentException("a canary's step must be longer than 0, not " + step);
        }
    }

    /** The same with another metric. */
    public CanarySpec with(Optional<MetricSpec> other) {
        return new CanarySpec(clients, steps, step, end, judge, other);
    }

    /** Those of its clients that can't come to any of these listeners, one of them; empty where all can. */
    public Optional<ClientRange> unreached(Collection<ListenAddress> listen) {
        return clients.stream()
                .filter(range -> listen.stream().noneMatch(range::comesTo))
                .findFirst();
    }

    /** What it gets, step by step; at least one. */
    public List<CanaryShare> shares() {
        List<CanaryShare> shares = new ArrayList<>();
        if (!clients.isEmpty()) {
            shares.add(new CanaryShare(clients, Percentage.ZERO));
        }
        steps.forEach(percentage -> shares.add(new CanaryShare(clients, percentage)));
        return List.copyOf(shares);
    }
}
