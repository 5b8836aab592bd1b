package dev.handover.chaos.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.chaos.load.LoadResult;
import dev.handover.chaos.load.LoadResult.Distribution;
import dev.handover.chaos.load.LoadResult.Loss;
import dev.handover.chaos.load.LoadResult.Punctuality;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AccountTest {
    private static final String CLIENT = "127.0.0.5 40000";
    private static final Distribution NONE = new Distribution(0, 0, 0, 0, 0, 0);

    private final Journal journal = new Journal(line -> {});

    private FaultsReport report(List<Death> deaths, List<Answer> answers, Loss... losses) {
        RoundRecord round = new RoundRecord(new Round(1, Move.STORM, List.of(), Duration.ZERO, 2), 1, 20, answers);
        LoadResult load = new LoadResult(
                "127.0.0.1:80",
                "http",
                100,
                1,
                journal.start().toString(),
                10,
                Map.of(),
                losses.length,
                0,
                0,
                0,
                0,
                0,
                new Punctuality(0, 0, 0, false),
                NONE,
                NONE,
                Map.of(),
                Map.of(),
                List.of(losses));
        return FaultsReport.of(
                new Burnt(1, journal, List.of(round), List.of(), deaths, List.of(), List.of(), List.of(), List.of()),
                List.of(load));
    }

    private static Death death(double atSeconds, Holdings held) {
        return new Death(1, atSeconds, Kind.KILL_OLD_WORKER, "worker 1 of generation 3", 4711, 3, held);
    }

    private static Holdings accepted(String... clients) {
        return new Holdings(Set.of(clients), Set.of(), Set.of(), false, false, clients.length);
    }

    private static Loss loss(double atSeconds, String outcome) {
        return new Loss(atSeconds, outcome, "", CLIENT);
    }

    private static Answer lossless(double flippedAt, double endedAt) {
        return new Answer("reload", flippedAt - 1, endedAt, "completed", "lossless", 3, flippedAt, "");
    }

    @Test
    void whatTheKilledHeldIsPutDownToItsDeath() {
        FaultsReport report =
                report(List.of(death(10, accepted(CLIENT))), List.of(), loss(10.05, "reset-before-reply"));
        assertThat(report.unaccounted()).isEmpty();
        assertThat(report.hasFailed()).isFalse();
    }

    @Test
    void whatAnotherHeldIsNot() {
        FaultsReport report =
                report(List.of(death(10, accepted("127.0.0.5 40001"))), List.of(), loss(10.05, "reset-before-reply"));
        assertThat(report.unaccounted()).hasSize(1);
        assertThat(report.hasFailed()).isTrue();
    }

    @Test
    void norIsWhatWasLostBeforeItOrLongAfter() {
        FaultsReport report = report(
                List.of(death(10, accepted(CLIENT))),
                List.of(),
                loss(9, "reset-before-reply"),
                loss(16, "reset-before-reply"));
        assertThat(report.unaccounted()).hasSize(2);
    }

    @Test
    void queueThatNobodyElseHasOpenDiesWithItsProcess() {
        Holdings alone = new Holdings(Set.of(), Set.of(CLIENT), Set.of(), true, false, 1);
        FaultsReport report = report(List.of(death(10, alone)), List.of(), loss(10.05, "reset-before-reply"));
        assertThat(report.unaccounted()).isEmpty();
    }

    @Test
    void soDoesWhoHasComeToThatQueueSinceTheLook() {
        Loss loss = loss(10.05, "reset-before-reply");
        Holdings alone = new Holdings(Set.of(), Set.of(), Set.of(), true, false, 0);
        assertThat(report(List.of(death(10, alone)), List.of(), loss).unaccounted())
                .isEmpty();
        assertThat(report(List.of(death(10, alone)), List.of(), loss(11, "reset-before-reply"))
                        .unaccounted())
                .as("long after it")
                .hasSize(1);
        Holdings elsewhere = new Holdings(Set.of(), Set.of(), Set.of(CLIENT), true, false, 1);
        assertThat(report(List.of(death(10, elsewhere)), List.of(), loss).unaccounted())
                .as("another had accepted it")
                .hasSize(1);
    }

    @Test
    void clientIsRefusedForTheDeathOfTheLastListenerOnly() {
        Loss refused = new Loss(11, "refused", "", "");
        assertThat(report(
                                List.of(death(10, new Holdings(Set.of(), Set.of(), Set.of(), false, true, 0))),
                                List.of(),
                                refused)
                        .unaccounted())
                .isEmpty();
        assertThat(report(List.of(death(10, accepted())), List.of(), refused).unaccounted())
                .hasSize(1);
    }

    @Test
    void losslessIsUntrueWhereAnOldWorkerWasKilledAfterTheFlipWithWhatItHeld() {
        List<Death> deaths = List.of(death(10, accepted(CLIENT)));
        Loss loss = loss(10.05, "reset-before-reply");
        assertThat(report(deaths, List.of(lossless(9, 12)), loss).wrong()).hasSize(1);
        assertThat(report(deaths, List.of(lossless(11, 12)), loss).wrong())
                .as("killed before the flip")
                .isEmpty();
    }

    @Test
    void lossOfNobodyTellsWhichHandoverWasCalledLosslessMeanwhile() {
        FaultsReport report = report(List.of(), List.of(lossless(9, 12)), loss(10, "refused"));
        assertThat(report.unaccounted().get(0).saidLossless()).contains("lossless");
    }
}
