package dev.handover.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConversationTest {
    private static final Facts SERVING = new Facts(true, null, 3, false, false, false);

    private long now = Long.MAX_VALUE - 5; // nanoTime() may wrap around
    private Conversation conversation = new Conversation(Optional.empty(), now);

    private List<String> due(Facts facts) {
        return due(facts, true);
    }

    private List<String> due(Facts facts, boolean alive) {
        return conversation.due(facts, alive, now).stream()
                .map(message -> message.key() + "=" + message.value())
                .toList();
    }

    private void greet(Facts facts) {
        due(facts);
        conversation.hear(new Message("HELLO", "1"));
        due(facts);
    }

    private void after(Duration time) {
        now += time.toNanos();
    }

    private static Facts connections(int count) {
        return new Facts(true, null, count, false, false, false);
    }

    private static Facts draining(int count, boolean stopped) {
        return new Facts(true, null, count, true, stopped, false);
    }

    @Test
    void nothingButHelloIsSaidBeforeTheSupervisorsHello() {
        assertThat(due(SERVING)).containsExactly("HELLO=1");
        assertThat(due(SERVING)).isEmpty();
        conversation.hear(new Message("HELLO", "1"));
        assertThat(due(SERVING)).containsExactly("READY=1", "CONNECTIONS=3");
        assertThat(due(SERVING)).isEmpty();
    }

    @Test
    void aNewConversationRepeatsWhatStillHolds() {
        greet(SERVING);
        conversation = new Conversation(Optional.empty(), now);
        due(SERVING);
        conversation.hear(new Message("HELLO", "1"));
        assertThat(due(new Facts(true, "warm", 2, true, true, false)))
                .containsExactly("READY=1", "STATUS=warm", "DRAINING=1", "CONNECTIONS=2");
    }

    @Test
    void aMovingGaugeIsToldAtMostEvery200Milliseconds() {
        greet(connections(0));
        assertThat(due(connections(1))).isEmpty();
        assertThat(due(connections(500))).isEmpty();
        after(Conversation.GAUGE_PAUSE);
        assertThat(due(connections(900))).containsExactly("CONNECTIONS=900");
        after(Duration.ofHours(1));
        assertThat(due(connections(900))).isEmpty();
    }

    @Test
    void aDrainingGaugeIsToldMoreOftenAndItsZeroAtOnce() {
        greet(connections(9));
        assertThat(due(draining(9, false))).isEmpty();
        assertThat(due(draining(9, true))).containsExactly("DRAINING=1", "CONNECTIONS=9");
        assertThat(due(draining(8, true))).isEmpty();
        after(Conversation.GAUGE_PAUSE_DRAINING);
        assertThat(due(draining(7, true))).containsExactly("CONNECTIONS=7");
        assertThat(due(draining(0, true))).containsExactly("CONNECTIONS=0");
        assertThat(due(new Facts(true, null, 0, true, true, true))).containsExactly("DONE=1");
        assertThat(due(new Facts(true, null, 0, true, true, true))).isEmpty();
    }

    @Test
    void aHeartbeatIsSaidAtHalfTheLimitAndOnlyByTheLiving() {
        conversation = new Conversation(Optional.of(Duration.ofSeconds(10)), now);
        greet(SERVING);
        assertThat(due(SERVING)).isEmpty();
        after(Duration.ofSeconds(5));
        assertThat(due(SERVING, false)).isEmpty();
        assertThat(due(SERVING, true)).containsExactly("HEARTBEAT=1");
        assertThat(due(SERVING, true)).isEmpty();
    }

    @Test
    void theNextLookIsForTheGaugeOrTheHeartbeatWhicheverIsNearer() {
        conversation = new Conversation(Optional.of(Duration.ofMillis(300)), now);
        greet(SERVING);
        assertThat(conversation.nextLook(SERVING, now)).isEqualTo(Duration.ofMillis(150));
        after(Duration.ofSeconds(1));
        assertThat(conversation.nextLook(SERVING, now)).isEqualTo(Conversation.GAUGE_PAUSE);
        assertThat(conversation.nextLook(draining(1, true), now)).isEqualTo(Conversation.GAUGE_PAUSE_DRAINING);
    }

    @ParameterizedTest
    @CsvSource({
        "COLOUR, red, ERROR=COLOUR: unknown key",
        "READY, 1, ERROR=READY: unknown key",
        "DRAIN, soon, ERROR=DRAIN: milliseconds from 0 expected",
        "DRAIN, -1, ERROR=DRAIN: milliseconds from 0 expected",
        "HELLO, 1, ERROR=HELLO: said already"
    })
    void whatIsNotUnderstoodIsAnswered(String key, String value, String answer) {
        greet(SERVING);
        assertThat(conversation.hear(new Message(key, value))).isEmpty();
        assertThat(due(SERVING)).containsExactly(answer);
    }

    @Test
    void anErrorIsNeverAnswered() {
        greet(SERVING);
        assertThat(conversation.hear(new Message("ERROR", "READY: what?"))).isEmpty();
        assertThat(due(SERVING)).isEmpty();
    }

    @Test
    void aDrainBeforeTheHelloIsNotUnderstood() {
        due(SERVING);
        assertThat(conversation.hear(new Message("DRAIN", "1"))).isEqualTo(OptionalLong.empty());
        assertThat(due(SERVING)).containsExactly("ERROR=DRAIN: HELLO comes first");
    }

    @Test
    void aSupervisorThatNeverSaysHelloIsGivenUpAfterItsTime() {
        due(SERVING);
        assertThat(conversation.nextLook(SERVING, now)).isEqualTo(Conversation.HELLO_TIMEOUT);
        assertThat(conversation.unanswered(now)).isFalse();
        after(Conversation.HELLO_TIMEOUT);
        assertThat(conversation.unanswered(now)).isTrue();
    }
}
