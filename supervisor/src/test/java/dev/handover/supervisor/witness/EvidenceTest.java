package dev.handover.supervisor.witness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.TcpFigures;
import dev.handover.supervisor.witness.Evidence.First;
import dev.handover.supervisor.witness.Judgement.Fate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the kernel's figures say of an end; those that a test of the real kernel can't bring about at will among them. */
class EvidenceTest {
    private static final TcpFigures IDLE = figures(500, 510, 300, 400, 2, 2);

    private static TcpFigures figures(
            long sentAgo, long receivedAgo, long sent, long received, long segmentsIn, long segmentsOut) {
        return new TcpFigures(
                sentAgo,
                receivedAgo,
                sent,
                received,
                0,
                0,
                sent,
                segmentsIn + 3,
                segmentsOut + 3,
                segmentsIn,
                segmentsOut,
                1448);
    }

    private static Judgement judge(TcpFigures told, TcpFigures seen, TcpFigures end, First first) {
        return new Evidence(told, seen, seen.asked() ? seen : null, end, first, false, false).judgement();
    }

    @ParameterizedTest
    @CsvSource({"WORKER, CUT,", "CLIENT, LEFT,", "CLIENT_SIDE, UNSEEN, HALF_CLOSED", "UNKNOWN, UNSEEN, WHO_FIRST"})
    void whoAskedLastIsJudgedByWhoEndedIt(First first, Fate fate, Doubt doubt) {
        TcpFigures asked = figures(600, 100, 300, 420, 3, 2);
        assertThat(judge(IDLE, IDLE, asked, first)).isEqualTo(new Judgement(fate, doubt));
        assertThat(judge(asked, asked, asked, first)).isEqualTo(new Judgement(fate, doubt));
    }

    @Test
    void whereThePlaceOfTheLastQuestionIsNotKnownNeitherIsItsAnswer() {
        TcpFigures tied = figures(600, 600, 300, 420, 3, 2);
        assertThat(new Evidence(tied, tied, null, tied, First.WORKER, false, true).judgement())
                .isEqualTo(Judgement.unseen(Doubt.ORDER));
        assertThat(new Evidence(tied, tied, null, tied, First.CLIENT, false, true).judgement())
                .as("who leaves has no answer cut")
                .isEqualTo(Judgement.of(Fate.IDLE));
        TcpFigures answered = figures(10, 20, 400, 500, 4, 3);
        assertThat(new Evidence(tied, tied, null, answered, First.WORKER, false, true).judgement())
                .isEqualTo(Judgement.of(Fate.FINISHED));
    }

    @Test
    void whatIsKnownToHaveBeenAskedWithinATickOfTheAnswerIsOpen() {
        TcpFigures tied = figures(600, 600, 300, 420, 3, 2);
        assertThat(judge(tied, tied.thoughAsked(), tied, First.WORKER).fate()).isEqualTo(Fate.CUT);
    }

    @Test
    void whatWasNeverReadWasNeverAnswered() {
        assertThat(judge(IDLE, IDLE, unread(2), First.WORKER).fate()).isEqualTo(Fate.CUT);
        assertThat(judge(IDLE, IDLE, unread(1), First.WORKER).fate())
                .as("the end of the client's side")
                .isEqualTo(Fate.FINISHED);
    }

    /** Answered within a tick, and then something that nobody has read. */
    private static TcpFigures unread(long bytes) {
        return new TcpFigures(40, 40, 360, 450, bytes, 0, 360, 6, 6, 3, 3, 1448);
    }

    @Test
    void anAnswerSentAgainIsNoAnswerToTheNextQuestion() {
        TcpFigures asked = figures(600, 100, 300, 420, 3, 2);
        TcpFigures resent = figures(5, 100, 300, 420, 3, 3);
        assertThat(resent.asked()).isFalse();
        assertThat(judge(IDLE, asked, resent, First.WORKER).fate()).isEqualTo(Fate.CUT);
    }

    @Test
    void whatCameAndWentWithinOneTickOfTheClockIsAnswered() {
        assertThat(judge(IDLE, IDLE, figures(40, 40, 360, 450, 3, 3), First.WORKER)
                        .fate())
                .isEqualTo(Fate.FINISHED);
        assertThat(judge(IDLE, IDLE, IDLE, First.WORKER).fate()).isEqualTo(Fate.IDLE);
    }

    @ParameterizedTest
    @ValueSource(longs = {23, 24, 31})
    void theLeaveThatTlsTakesIsNoAnswer(long bytes) {
        TcpFigures asked = figures(600, 100, 2000, 900, 4, 4);
        TcpFigures left = figures(1, 300, 2000 + bytes, 900, 4, 5);
        assertThat(judge(asked, asked, left, First.WORKER)).isEqualTo(Judgement.unseen(Doubt.FAREWELL));
        TcpFigures plain = figures(600, 100, 0, 90, 1, 0);
        TcpFigures answered = figures(1, 300, bytes, 90, 1, 1);
        assertThat(judge(plain, plain, answered, First.WORKER))
                .as("nobody speaks TLS who has said nothing before")
                .isEqualTo(Judgement.of(Fate.FINISHED));
    }

    @ParameterizedTest
    @CsvSource({"WORKER, UNSEEN, RESET", "UNKNOWN, UNSEEN, RESET", "CLIENT, IDLE,", "CLIENT_SIDE, IDLE,"})
    void whatAResetHasWipedIsNotSeenUnlessTheClientHadEndedItBefore(First first, Fate fate, Doubt doubt) {
        TcpFigures wiped = new TcpFigures(500, 510, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1448);
        assertThat(judge(IDLE, IDLE, wiped, first)).isEqualTo(new Judgement(fate, doubt));
    }

    @Test
    void whatAResetHasWipedWithAQuestionOpenIsLeftOnlyByAClientThatHasLeft() {
        TcpFigures wiped = new TcpFigures(500, 510, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1448);
        TcpFigures asked = figures(600, 100, 300, 420, 3, 2);
        assertThat(judge(asked, asked, wiped, First.CLIENT)).isEqualTo(Judgement.of(Fate.LEFT));
        assertThat(judge(asked, asked, wiped, First.CLIENT_SIDE)).isEqualTo(Judgement.unseen(Doubt.RESET));
    }

    @Test
    void theLeaveThatTlsTakesIsNoAnswerThoughALookHasSeenItBeforeTheEnd() {
        TcpFigures asked = figures(600, 100, 2000, 900, 4, 4);
        TcpFigures left = figures(1, 300, 2024, 900, 4, 5);
        TcpFigures answeredByAFarewell = figures(30, 2, 2024, 925, 5, 5);
        for (TcpFigures end : List.of(left, answeredByAFarewell)) {
            assertThat(new Evidence(asked, left, asked, end, First.CLIENT_SIDE, false, false).judgement())
                    .isEqualTo(Judgement.unseen(Doubt.FAREWELL));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {24, 25, 31, 32})
    void theLeaveThatATlsClientTakesIsNoQuestion(long bytes) {
        TcpFigures left = figures(700, 1, 300, 400 + bytes, 3, 2);
        assertThat(judge(IDLE, IDLE, left, First.CLIENT_SIDE)).isEqualTo(Judgement.of(Fate.FINISHED));
        assertThat(judge(IDLE, IDLE, left, First.WORKER)).isEqualTo(Judgement.of(Fate.CUT));
    }

    @Test
    void manySmallPiecesUntilItsEndAreAStream() {
        TcpFigures pieces = figures(100, 1200, 40, 20, 1, 6);
        assertThat(judge(pieces, pieces, pieces, First.WORKER)).isEqualTo(Judgement.unseen(Doubt.STREAM));
        assertThat(judge(pieces, pieces, pieces, First.CLIENT).fate()).isEqualTo(Fate.IDLE);
        TcpFigures late = figures(100, 5100, 200, 20, 1, 2);
        TcpFigures before = figures(5000, 4000, 0, 20, 1, 0);
        assertThat(judge(before, before, late, First.WORKER))
                .as("one answer, in two pieces, five seconds late")
                .isEqualTo(Judgement.of(Fate.FINISHED));
    }
}
