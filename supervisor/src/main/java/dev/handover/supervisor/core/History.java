package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.PastReload;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The last generations of one service that new connections were moved to, or were to be, and what they were started from. */
final class History {
    /** Each has a whole configuration, which is saved with every change of the state. */
    private static final int KEPT = 10;

    private final TreeMap<GenerationId, PastReload> reloads = new TreeMap<>();

    /** Goes on with what an earlier supervisor knew. */
    void goOn(List<PastReload> past) {
        past.forEach(this::put);
    }

    /** It has come to serve, first of all or after another one. */
    void serves(Generation generation, Turn turn) {
        if (!reloads.containsKey(generation.id())) {
            ended(generation, ReloadOutcome.COMPLETED, generation + " serves", turn);
        }
    }

    /** What has become of a generation in the end, as far as that is known. */
    void ended(Generation generation, ReloadOutcome outcome, String reason, Turn turn) {
        put(new PastReload(generation.id(), turn.wall(), outcome, reason, generation.spec()));
    }

    private void put(PastReload reload) {
        reloads.put(reload.generation(), reload);
        while (reloads.size() > KEPT) {
            reloads.remove(leastOfUse());
        }
    }

    /** The oldest of those that nobody would go back to, so that many failures leave the good ones; else the oldest. */
    private GenerationId leastOfUse() {
        return reloads.values().stream()
                .filter(reload -> reload.outcome() != ReloadOutcome.COMPLETED)
                .findFirst()
                .map(PastReload::generation)
                .orElseGet(reloads::firstKey);
    }

    Optional<PastReload> find(GenerationId generation) {
        return Optional.ofNullable(reloads.get(generation));
    }

    /** The newest before a generation that came to serve, and that nobody has had rolled back. */
    Optional<PastReload> lastGoodBefore(GenerationId generation) {
        return reloads.headMap(generation, false).descendingMap().values().stream()
                .filter(reload -> reload.outcome() == ReloadOutcome.COMPLETED)
                .findFirst();
    }

    /** From the oldest on. */
    List<PastReload> list() {
        return List.copyOf(reloads.values());
    }
}
