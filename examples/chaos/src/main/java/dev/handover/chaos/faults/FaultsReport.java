package dev.handover.chaos.faults;

import dev.handover.chaos.load.LoadResult;
import dev.handover.chaos.load.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run found. Times are seconds from its begin.
 *
 * @param moves what was asked of the supervisor
 * @param faults what was done to it and the workers
 * @param supervisors how each has grown, in their order
 * @param unaccounted lost connections that no killed process held
 * @param wrong all else that should not have been, in words
 * @param leftOut kinds of faults that could not be done here, each with the reason
 * @param schedule the rounds, in words
 * @param log the supervisors', where something went wrong; else empty
 */
public record FaultsReport(
        long seed,
        double seconds,
        int rounds,
        List<LoadResult> loads,
        long attempts,
        long dropped,
        List<Asked> moves,
        List<Done> faults,
        List<Lived> supervisors,
        List<Unaccounted> unaccounted,
        List<String> wrong,
        List<String> leftOut,
        List<String> schedule,
        List<Struck> struck,
        List<String> log) {

    /**
     * @param ends how the answers ended, each with how often that was
     * @param lossless how many of them were called so
     */
    public record Asked(String move, int times, Map<String, Integer> ends, int lossless) {}

    /**
     * @param planned how often it was planned, {@code times} how often it was done: a step may not be reached
     * @param open how many connections the service had then, in all
     * @param lost how many of them were lost, all held by who was killed
     */
    public record Done(String kind, int planned, int times, int open, int lost) {}

    /**
     * A supervisor, by what was seen of it whenever all was quiet.
     *
     * @param looks how often that was
     */
    public record Lived(
            long pid,
            int looks,
            int firstDescriptors,
            int lastDescriptors,
            int firstThreads,
            int lastThreads,
            int firstMib,
            int lastMib,
            int mostMib) {}

    /**
     * A lost connection that nobody can be blamed for.
     *
     * @param client its end of the connection
     * @param saidLossless the answer that called a handover lossless meanwhile; empty if there was none
     * @param around what happened within a second of it
     */
    public record Unaccounted(
            double atSeconds, String mode, String client, String outcome, String saidLossless, List<String> around) {}

    /** @param loads what the clients counted, all through the run */
    public static FaultsReport of(Burnt burnt, List<LoadResult> loads) {
        Account account = Account.of(burnt, loads);
        List<String> wrong = new ArrayList<>(burnt.wrong());
        wrong.addAll(account.untrue());
        long wrongReplies = loads.stream().mapToLong(LoadResult::wrongReplies).sum();
        if (wrongReplies > 0) {
            wrong.add(wrongReplies + " replies were not what was asked for");
        }
        return new FaultsReport(
                burnt.seed(),
                burnt.rounds().stream()
                        .mapToDouble(RoundRecord::endedAtSeconds)
                        .max()
                        .orElse(0),
                burnt.rounds().size(),
                loads,
                loads.stream().mapToLong(LoadResult::attempts).sum(),
                loads.stream().mapToLong(LoadResult::dropped).sum(),
                moves(burnt),
                faults(burnt, account),
                burnt.supervisors(),
                account.unaccounted(),
                wrong,
                burnt.leftOut(),
                burnt.rounds().stream().map(one -> one.round().toString()).toList(),
                burnt.struck(),
                account.unaccounted().isEmpty() && wrong.isEmpty() ? List.of() : burnt.log());
    }

    private static List<Asked> moves(Burnt burnt) {
        List<Asked> moves = new ArrayList<>();
        for (Move move : Move.values()) {
            List<RoundRecord> rounds = burnt.rounds().stream()
                    .filter(one -> one.round().move() == move)
                    .toList();
            Map<String, Integer> ends = new TreeMap<>();
            rounds.forEach(one -> one.answers().forEach(answer -> ends.merge(answer.end(), 1, Integer::sum)));
            int lossless = (int) rounds.stream()
                    .flatMap(one -> one.answers().stream())
                    .filter(Answer::isLossless)
                    .count();
            if (!rounds.isEmpty()) {
                moves.add(new Asked(move.toString(), rounds.size(), ends, lossless));
            }
        }
        return moves;
    }

    private static List<Done> faults(Burnt burnt, Account account) {
        List<Done> faults = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            List<Struck> planned = burnt.struck().stream()
                    .filter(one -> one.kind().equals(kind.toString()))
                    .toList();
            List<Struck> done = planned.stream().filter(Struck::isDone).toList();
            if (!planned.isEmpty()) {
                faults.add(new Done(
                        kind.toString(),
                        planned.size(),
                        done.size(),
                        done.stream().mapToInt(Struck::open).sum(),
                        account.lost(kind)));
            }
        }
        return faults;
    }

    public boolean hasFailed() {
        return !unaccounted.isEmpty() || !wrong.isEmpty();
    }

    /** Whether the clients failed on their own. That one began late is no reason: nothing here is a matter of time. */
    public boolean isUntrusted() {
        return loads.stream().anyMatch(load -> load.count(Outcome.CLIENT_ERROR) > 0);
    }
}
