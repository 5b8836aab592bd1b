package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Answers;
import dev.handover.supervisor.terms.Answers.Count;
import dev.handover.supervisor.terms.Answers.Share;
import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Judges a canary by the generation that serves, over the same time. It takes more than chance to have it found bad: by the
 * connections, by the clients that made them, and in several looks in a row.
 */
final class Judge {
    private static final Bounds UNANSWERED = new Bounds(5, 0.02, 2);
    /** A new process is slow at first, and what is slow is not lost: it takes more, and longer. */
    private static final Bounds LATE = new Bounds(20, 0.25, 5);

    private static final double TIMES = 3;
    /** Of fewer no part can be told. */
    private static final int FEW_CLIENTS = 5;
    /** Standard deviations: of the canary's share, which is looked at again and again, and of the others'. */
    private static final double CANARY_DEVIATIONS = 4;

    private static final double OTHERS_DEVIATIONS = 3;
    private static final double PERCENT = 100;

    private long since;
    /** How many looks in a row have found it bad. */
    private int unanswered;

    private int late;

    /**
     * From where on it is bad.
     *
     * @param least connections
     * @param part of all of them
     * @param looks in a row
     */
    private record Bounds(long least, double part, int looks) {}

    /** What is told from now on is of another share. */
    void begin(long now) {
        since = now;
        unanswered = 0;
        late = 0;
    }

    /** @return what is wrong with the canary, for people; empty if nothing, or not for certain */
    Optional<String> look(Event.Compared seen, GenerationId serving, long now) {
        boolean bad = isBad(seen.canary().unanswered(), seen.serving().unanswered(), UNANSWERED);
        unanswered = bad ? unanswered + 1 : 0;
        OptionalInt bound = lateBy(seen);
        late = bound.isPresent() ? late + 1 : 0;
        if (unanswered >= UNANSWERED.looks()) {
            return Optional.of(text(
                    seen.canary().unanswered(),
                    "got no answer",
                    seen.serving().unanswered(),
                    "got none at generation ",
                    serving,
                    now));
        }
        if (late >= LATE.looks()) {
            int worst = bound.getAsInt();
            return Optional.of(text(
                    seen.canary().late().get(worst),
                    "were answered later than " + Durations.text(Answers.BOUNDS.get(worst)) + " after they had asked",
                    seen.serving().late().get(worst),
                    "were at generation ",
                    serving,
                    now));
        }
        return Optional.empty();
    }

    /** The longest bound by which it is too late too often. */
    private static OptionalInt lateBy(Event.Compared seen) {
        return IntStream.range(0, Answers.BOUNDS.size())
                .filter(bound -> isBad(
                        seen.canary().late().get(bound), seen.serving().late().get(bound), LATE))
                .max();
    }

    private static boolean isBad(Count canary, Count others, Bounds bounds) {
        return isWorse(canary.all(), others.all(), bounds) && isWidespread(canary, others, bounds);
    }

    /** Whether it is not just a client or two who fare so with any version: the worst of them is left out. */
    private static boolean isWidespread(Count canary, Count others, Bounds bounds) {
        if (canary.clients() == 1) {
            return others.clients() < FEW_CLIENTS; // who may be proxies, each with clients behind it
        }
        boolean withoutOne = isWorse(canary.all().without(canary.ofWorst()), others.all(), bounds);
        boolean few = canary.clients() < FEW_CLIENTS;
        return withoutOne
                && (few
                        || least(new Share(canary.clientsConcerned(), canary.clients()))
                                > most(new Share(others.clientsConcerned(), others.clients())));
    }

    private static boolean isWorse(Share canary, Share others, Bounds bounds) {
        double mostOfOthers = most(others);
        return canary.some() >= bounds.least()
                && part(canary) >= bounds.part()
                && part(canary) > TIMES * mostOfOthers
                && least(canary) > mostOfOthers;
    }

    private static double part(Share share) {
        return (double) share.some() / share.of();
    }

    /** The least that the part may be in truth, by Wilson's interval. */
    private static double least(Share share) {
        return share.of() == 0 ? 0 : middle(share, CANARY_DEVIATIONS) - reach(share, CANARY_DEVIATIONS);
    }

    /** The most that it may be: all, where there is nothing to tell it from. */
    private static double most(Share share) {
        return share.of() == 0 ? 1 : middle(share, OTHERS_DEVIATIONS) + reach(share, OTHERS_DEVIATIONS);
    }

    private static double middle(Share share, double deviations) {
        double square = deviations * deviations;
        return (share.some() + square / 2) / (share.of() + square);
    }

    private static double reach(Share share, double deviations) {
        double square = deviations * deviations;
        double spread = part(share) * (1 - part(share)) * share.of() + square / 4;
        return deviations * Math.sqrt(spread) / (share.of() + square);
    }

    private String text(Count canary, String what, Count others, String likewise, GenerationId serving, long now) {
        long seconds = Math.max(1, Duration.ofNanos(now - since).toSeconds());
        return text(canary.all(), " connections") + " " + what + ", where " + text(others.all(), "") + " " + likewise
                + serving + ", in the same " + Durations.text(Duration.ofSeconds(seconds));
    }

    private static String text(Share share, String what) {
        return share.some() + " of " + share.of() + what
                + String.format(Locale.ROOT, " (%.1f%%)", PERCENT * part(share));
    }
}
