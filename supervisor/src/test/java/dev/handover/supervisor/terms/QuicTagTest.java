package dev.handover.supervisor.terms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QuicTagTest {
    private static final QuicSpec QUIC = new QuicSpec(3, Duration.ofSeconds(30));

    private static QuicTag of(String service, int generation, int worker) {
        return QuicTag.of(new WorkerId(new ServiceName(service), new GenerationId(generation), worker), QUIC);
    }

    /** A supervisor of a later version goes on with workers that were told these. */
    @Test
    void tagsStayWhatTheyAre() {
        assertThat(of("web", 7, 2).hex()).isEqualTo("7db0af39");
        assertThat(of("web", 8, 2).hex()).isEqualTo("e2e5cc46");
        assertThat(of("web", 7, 2).offset()).isEqualTo(3);
    }

    @Test
    void noTwoWorkersOfAServiceShareOne() {
        Set<Integer> values = new HashSet<>();
        for (int generation = 1; generation <= 100; generation++) {
            for (int worker = 1; worker <= 1024; worker++) {
                values.add(of("web", generation, worker).value());
            }
        }
        assertThat(values).hasSize(100 * 1024);
    }

    @Test
    void anotherServicesWorkerHasAnother() {
        assertThat(of("web", 7, 2)).isNotEqualTo(of("api", 7, 2));
    }

    @Test
    void tagThatDoesNotFitIntoAnIdIsRefused() {
        assertThat(new QuicSpec(16, Duration.ofSeconds(1)).tagOffset()).isEqualTo(16);
        assertThatThrownBy(() -> new QuicSpec(17, Duration.ofSeconds(1)))
                .hasMessage("a tag begins at one of the bytes 0 to 16, not 17");
        assertThatThrownBy(() -> new QuicSpec(-1, Duration.ofSeconds(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new QuicSpec(0, Duration.ZERO)).hasMessage("quiet must be longer than 0, not PT0S");
    }
}
