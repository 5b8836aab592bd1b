package dev.handover.chaos.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final List<Kind> KINDS = Arrays.asList(Kind.values());

    private static Stream<Round> rounds(long seed, int count) {
        Schedule schedule = new Schedule(seed, KINDS);
        return IntStream.rangeClosed(1, count).mapToObj(schedule::round);
    }

    @Test
    void sameSeedComesToTheSameRounds() {
        assertThat(rounds(42, 50)).containsExactlyElementsOf(rounds(42, 50).toList());
        assertThat(rounds(42, 50)).isNotEqualTo(rounds(43, 50).toList());
    }

    @Test
    void roundCanBeHadWithoutThoseBefore() {
        assertThat(new Schedule(42, KINDS).round(17))
                .isEqualTo(rounds(42, 17).toList().get(16));
    }

    @Test
    void everyMoveHasItsTurnBeforeAnyHasItsSecond() {
        int all = Move.values().length;
        List<Move> moves = rounds(7, 2 * all).map(Round::move).toList();
        assertThat(moves.subList(0, all)).containsExactlyInAnyOrder(Move.values());
        assertThat(moves.subList(all, 2 * all)).containsExactlyInAnyOrder(Move.values());
    }

    @Test
    void everyKindOfFaultIsDone() {
        assertThat(rounds(7, 120).flatMap(round -> round.blows().stream()).map(Blow::kind))
                .contains(Kind.values());
    }

    @Test
    void thereAreRoundsWithOneFaultOfEachKind() {
        assertThat(rounds(7, 50))
                .anyMatch(
                        round -> round.blows().stream().map(Blow::kind).toList().equals(KINDS));
    }

    @Test
    void faultWaitsForNoStepWhereNoneIsTold() {
        assertThat(rounds(7, 200).filter(round -> !round.move().hasSteps()).flatMap(round -> round.blows().stream()))
                .isNotEmpty()
                .allMatch(blow -> blow.at() == null);
    }
}
