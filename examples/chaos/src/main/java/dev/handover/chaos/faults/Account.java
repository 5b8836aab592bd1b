package dev.handover.chaos.faults;

import dev.handover.chaos.load.LoadResult;
import dev.handover.chaos.load.LoadResult.Loss;
import dev.handover.chaos.load.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts each lost connection down to the process that was killed holding it, or to nobody. */
final class Account {
    /** A client hears of the death of who held its connection by a reset, at once but for the way. */
    private static final double LATEST_SECONDS = 5;
    /** Who comes to its queue between the look and the kill hears of it at once, too. */
    private static final double LATEST_OF_NEWCOMERS_SECONDS = 0.5;
    /** The clocks are one; the look at what was held comes a little before the kill. */
    private static final double EARLIEST_SECONDS = 0.1;

    private static final Set<String> NOBODY_LISTENED =
            Set.of(Outcome.REFUSED.toString(), Outcome.RESET_WHILE_CONNECTING.toString());

    private final Burnt burnt;
    private final Map<Death, Integer> lost = new LinkedHashMap<>();
    private final List<FaultsReport.Unaccounted> unaccounted = new ArrayList<>();

    private Account(Burnt burnt) {
        this.burnt = burnt;
    }

    static Account of(Burnt burnt, List<LoadResult> loads) {
        Account account = new Account(burnt);
        for (LoadResult load : loads) {
            double start = burnt.journal().since(Instant.parse(load.startedAt()));
            for (Loss loss : load.losses()) {
                if (!loss.outcome().equals(Outcome.CLIENT_ERROR.toString())) {
                    account.take(load, loss, start + loss.atSeconds());
                }
            }
        }
        return account;
    }

    private void take(LoadResult load, Loss loss, double atSeconds) {
        @Nullable
        Death death = burnt.deaths().stream()
                .filter(one -> explains(one, loss, atSeconds))
                .max(Comparator.comparingDouble(Death::atSeconds))
                .orElse(null);
        if (death != null) {
            lost.merge(death, 1, Integer::sum);
            return;
        }
        unaccounted.add(new FaultsReport.Unaccounted(
                atSeconds,
                load.mode(),
                loss.client(),
                loss.outcome() + (loss.detail().isEmpty() ? "" : " (" + loss.detail() + ")"),
                saidLosslessAt(atSeconds),
                burnt.journal().around(atSeconds)));
    }

    private boolean explains(Death death, Loss loss, double atSeconds) {
        Holdings held = death.held();
        double after = atSeconds - death.atSeconds();
        if (after < -EARLIEST_SECONDS) {
            return false;
        }
        if (after <= LATEST_SECONDS
                && (held.accepted().contains(loss.client()) || held.queued().contains(loss.client()))) {
            return true;
        }
        if (after <= LATEST_OF_NEWCOMERS_SECONDS
                && held.isAlone()
                && !held.elsewhere().contains(loss.client())) {
            return true;
        }
        return held.isLast()
                && NOBODY_LISTENED.contains(loss.outcome())
                && burnt.rounds().stream()
                        .anyMatch(one -> one.round().number() == death.round()
                                && atSeconds <= one.endedAtSeconds() + LATEST_SECONDS);
    }

    private String saidLosslessAt(double atSeconds) {
        return burnt.rounds().stream()
                .flatMap(round -> round.answers().stream())
                .filter(answer -> answer.isLossless()
                        && answer.askedAtSeconds() <= atSeconds
                        && atSeconds <= answer.endedAtSeconds())
                .map(Answer::toString)
                .findFirst()
                .orElse("");
    }

    int lost(Kind kind) {
        return lost.entrySet().stream()
                .filter(entry -> entry.getKey().kind() == kind)
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    List<FaultsReport.Unaccounted> unaccounted() {
        return List.copyOf(unaccounted);
    }

    /** Handovers that were called lossless although an old worker was killed, after the flip, with connections that were lost. */
    List<String> untrue() {
        List<String> untrue = new ArrayList<>();
        for (RoundRecord round : burnt.rounds()) {
            for (Answer answer : round.answers()) {
                @Nullable Double flippedAt = answer.flippedAtSeconds();
                if (!answer.isLossless() || flippedAt == null) {
                    continue;
                }
                lost.forEach((death, count) -> {
                    if (death.generation() == answer.from()
                            && death.generation() > 0
                            && death.atSeconds() > flippedAt
                            && death.atSeconds() < answer.endedAtSeconds()) {
                        untrue.add(String.format(
                                Locale.ROOT,
                                "round %d: %s, and %s was killed at %.3f s with %d connections that were lost",
                                round.round().number(),
                                answer,
                                death.who(),
                                death.atSeconds(),
                                count));
                    }
                });
            }
        }
        return untrue;
    }
}
