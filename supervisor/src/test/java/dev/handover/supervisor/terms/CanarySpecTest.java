package dev.handover.supervisor.terms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanarySpecTest {
    private static final ClientRange OFFICE = ClientRange.parse("10.1.0.0/16");

    private static CanarySpec spec(List<ClientRange> clients, String... steps) {
        return new CanarySpec(
                clients,
                Stream.of(steps).map(Percentage::parse).toList(),
                Duration.ofSeconds(30),
                CanarySpec.End.PROMOTE,
                true,
                Optional.empty());
    }

    @Test
    void theChosenClientsComeFirstAndStayInEveryStep() {
        assertThat(spec(List.of(OFFICE), "1%", "50%").shares().stream().map(CanaryShare::toString))
                .containsExactly(
                        "10.1.0.0/16", "10.1.0.0/16 and 1% of the others", "10.1.0.0/16 and 50% of the others");
        assertThat(spec(List.of(), "0.5%", "100%").shares().stream().map(CanaryShare::toString))
                .containsExactly("0.5% of the clients", "100% of the clients");
        assertThat(spec(List.of(OFFICE)).shares()).hasSize(1);
    }

    @Test
    void manyRangesAreNotAllNamed() {
        List<ClientRange> many = Stream.of("10.0.0.0/8", "::1", "10.9.0.0/16", "10.8.0.0/16")
                .map(ClientRange::parse)
                .toList();
        assertThat(new CanaryShare(many, Percentage.ZERO)).hasToString("10.0.0.0/8, ::1/128 and 2 more");
    }

    @Test
    void aCanaryThatGetsNobodyOrShrinksIsRefused() {
        assertThatThrownBy(() -> spec(List.of())).hasMessage("a canary has clients, or at least 1 step");
        assertThatThrownBy(() -> spec(List.of(), "0%")).hasMessage("a canary's steps grow, and 0% is not more than 0%");
        assertThatThrownBy(() -> spec(List.of(), "10%", "10%"))
                .hasMessage("a canary's steps grow, and 10% is not more than 10%");
    }

    @ParameterizedTest
    @CsvSource({
        "0%, 0, 0%",
        "1%, 100, 1%",
        "0.5%, 50, 0.5%",
        "0.01%, 1, 0.01%",
        "12.50%, 1250, 12.5%",
        "100.00%, 10000, 100%"
    })
    void percentagesHaveTwoDigitsBehindThePoint(String text, int hundredths, String form) {
        assertThat(Percentage.parse(text)).isEqualTo(new Percentage(hundredths)).hasToString(form);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "%", "-1%", "1.%", ".5%", "0.005%", "1e1%", "10 %", "1,5%", "1000%"})
    void whatIsNoPercentageIsRefused(String text) {
        assertThatThrownBy(() -> Percentage.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a percentage such as 10% or 0.5%, not '" + text + "'");
    }

    @Test
    void moreThanAllIsRefused() {
        assertThatThrownBy(() -> Percentage.parse("100.01%")).hasMessage("a percentage is 0% to 100%, not '100.01%'");
    }

    @Test
    void whoAsksForACanaryHasTheMetricThatIsConfiguredUnlessItIsNotToBeJudged() {
        MetricSpec metric = new MetricSpec(List.of("./rate"), Duration.ofSeconds(10), Duration.ofSeconds(5), 2);
        CanarySpec asked = spec(List.of(), "10%");
        ServiceSpec service = SpecDraft.service("web")
                .listen("tcp://127.0.0.1:80")
                .canary(spec(List.of(), "50%").with(Optional.of(metric)))
                .spec();
        CanarySpec unjudged =
                new CanarySpec(asked.clients(), asked.steps(), asked.step(), asked.end(), false, Optional.empty());

        assertThat(new CanaryOrder.Instead(Optional.of(asked)).of(service)).contains(asked.with(Optional.of(metric)));
        assertThat(new CanaryOrder.Instead(Optional.of(unjudged)).of(service)).contains(unjudged);
        assertThat(CanaryOrder.NONE.of(service)).isEmpty();
    }
}
