package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Answers;
import dev.handover.supervisor.terms.Answers.Share;
import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Judges a canary by the generation that serves, over the same time. It takes more than chance to have it found bad: by the
 * connections, by the clients that made them, and in two looks in a row.
 */
final class Judge {
    private static final int LEAST_UNANSWERED = 5;
    private static final double LEAST_PART = 0.02;
    private static final double TIMES = 3;
    /** Of fewer no part can be told. */
    private static final int FEW_CLIENTS = 5;
    /** Standard deviations: of the canary's share, which is looked at again and again, and of the others'. */
    private static final double CANARY_DEVIATIONS = 4;

    private static final double OTHERS_DEVIATIONS = 3;
    private static final double PERCENT = 100;

    private long since;
    private boolean wasBad;

    /** What is told from now on is of another share. */
    void begin(long now) {
        since = now;
        wasBad = false;
    }

    /** @return what is wrong with the canary, for people; empty if nothing, or not for certain */
    Optional<String> look(Event.Compared seen, GenerationId serving, long now) {
        boolean bad = isBad(seen.canary(), seen.serving());
        boolean again = bad && wasBad;
        wasBad = bad;
        return again
                ? Optional.of(text(seen.canary().all(), " connections") + " got no answer, where "
                        + text(seen.serving().all(), "") + " got none at generation " + serving + ", in the same "
                        + Durations.text(Duration.ofSeconds(
                                Math.max(1, Duration.ofNanos(now - since).toSeconds()))))
                : Optional.empty();
    }

    private static boolean isBad(Answers canary, Answers others) {
        return isWorse(canary.all(), others.all()) && isWidespread(canary, others);
    }

    /** Whether it is not just a client or two who get no answer of any version: the worst of them is left out. */
    private static boolean isWidespread(Answers canary, Answers others) {
        if (canary.clients() == 1) {
            return others.clients() < FEW_CLIENTS; // who may be proxies, each with clients behind it
        }
        boolean withoutOne = isWorse(canary.all().without(canary.ofWorst()), others.all());
        boolean few = canary.clients() < FEW_CLIENTS;
        return withoutOne
                && (few
                        || least(new Share(canary.clientsUnanswered(), canary.clients()))
                                > most(new Share(others.clientsUnanswered(), others.clients())));
    }

    private static boolean isWorse(Share canary, Share others) {
        double mostOfOthers = most(others);
        return canary.unanswered() >= LEAST_UNANSWERED
                && part(canary) >= LEAST_PART
                && part(canary) > TIMES * mostOfOthers
                && least(canary) > mostOfOthers;
    }

    private static double part(Share share) {
        return (double) share.unanswered() / share.of();
    }

    /** The least that the part without an answer may be in truth, by Wilson's interval. */
    private static double least(Share share) {
        return share.of() == 0 ? 0 : middle(share, CANARY_DEVIATIONS) - reach(share, CANARY_DEVIATIONS);
    }

    /** The most that it may be: all, where there is nothing to tell it from. */
    private static double most(Share share) {
        return share.of() == 0 ? 1 : middle(share, OTHERS_DEVIATIONS) + reach(share, OTHERS_DEVIATIONS);
    }

    private static double middle(Share share, double deviations) {
        double square = deviations * deviations;
        return (share.unanswered() + square / 2) / (share.of() + square);
    }

    private static double reach(Share share, double deviations) {
        double square = deviations * deviations;
        double spread = part(share) * (1 - part(share)) * share.of() + square / 4;
        return deviations * Math.sqrt(spread) / (share.of() + square);
    }

    private static String text(Share share, String what) {
        return share.unanswered() + " of " + share.of() + what
                + String.format(Locale.ROOT, " (%.1f%%)", PERCENT * part(share));
    }
}
