package dev.handover.supervisor.terms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SignalTest {
    @Test
    void eachIsFoundByItsName() {
        assertThat(Signal.FOR_STOP)
                .containsAll(Signal.FOR_DRAIN)
                .contains(Signal.KILL, Signal.ABRT)
                .allSatisfy(signal -> assertThat(Signal.named(signal.name())).isSameAs(signal));
        assertThat(Signal.named("CONT")).isSameAs(Signal.CONT);
        assertThatThrownBy(() -> Signal.named("SEGV")).hasMessage("no signal is called SEGV");
    }

    @Test
    void whatADrainMayBeToldByIsNothingThatLeavesNoChoice() {
        assertThat(Signal.FOR_DRAIN).doesNotContain(Signal.KILL, Signal.ABRT);
    }

    @Test
    void realTimeSignalsAreCountedFromTheFirstThatIsFree() {
        assertThat(Signal.realTime(34)).hasToString("Optional[SIGRTMIN]");
        assertThat(Signal.realTime(64)).hasToString("Optional[SIGRTMIN+30]");
        assertThat(Signal.realTime(33)).isEmpty();
        assertThat(Signal.realTime(65)).isEmpty();
        assertThat(Signal.named("RTMIN+3").number()).isEqualTo(37);
    }
}
