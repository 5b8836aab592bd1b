package dev.handover.supervisor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({"1ms, PT0.001S", "500ms, PT0.5S", "30s, PT30S", "2m, PT2M", "1h, PT1H", "168h, PT168H"})
    void readsANumberAndAUnit(String text, Duration expected) {
        assertThat(DurationText.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "30", "s", "30 s", "-1s", "1.5s", "1m30s", "30S", "1d", "9999999999ms", "٣s"})
    void refusesAnyOtherForm(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DurationText.parse(text))
                .withMessage("expected a number and a unit, such as \"500ms\", \"30s\", \"2m\" or \"1h\", not '" + text
                        + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0ms", "0h", "169h", "604800001ms", "999999999h"})
    void refusesWhatIsOutOfRange(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DurationText.parse(text))
                .withMessage("expected 1ms to 168h, not '" + text + "'");
    }
}
