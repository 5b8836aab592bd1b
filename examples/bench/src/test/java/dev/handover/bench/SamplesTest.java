package dev.handover.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {
    @Test
    void theMedianIsTheMiddleOneOrBetweenTheTwoInTheMiddle() {
        assertThat(new Samples(List.of(3.0, 1.0, 9.0)).median()).isEqualTo(3);
        assertThat(new Samples(List.of(3.0, 1.0, 9.0, 4.0)).median()).isEqualTo(3.5);
    }

    @Test
    void aFigureIsReachedUpToItsBoundAndNotBeyond() {
        Samples samples = new Samples(List.of(4.0, 5.0, 6.0));
        assertThat(Figure.atMost(5, "ms", "some time", samples, List.of()).reached())
                .isTrue();
        assertThat(Figure.atMost(4.9, "ms", "some time", samples, List.of()).reached())
                .isFalse();
        assertThat(Figure.atLeast(5, "", "some ratio", samples, List.of()).reached())
                .isTrue();
        assertThat(Figure.atLeast(5.1, "", "some ratio", samples, List.of()).reached())
                .isFalse();
    }

    @Test
    void nothingMeasuredIsNoFigure() {
        assertThatIllegalStateException().isThrownBy(() -> new Samples().median());
    }
}
