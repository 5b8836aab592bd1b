package dev.handover.supervisor.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    @ParameterizedTest
    @CsvSource({
        "worker, workers",
        "wrokers, workers",
        "WORKERS, workers",
        "comand, command",
        "cmd, ",
        "env, ",
        "enviroment, environment",
        "ready_timeout, ready-timeout",
        "readyTimeout, ready-timeout",
        "drain-timout, drain-timeout",
        "dir, ",
        "lisen, listen",
        "colour, ",
        "killgrace, kill-grace",
        "x, "
    })
    void findsTheKeyThatWasMeantAndNoOther(String typed, String meant) {
        assertThat(Nearest.to(typed, Key.Table.SERVICE.keys()).orElse(null)).isEqualTo(meant);
    }

    @Test
    void countsASwapOfNeighboursOnce() {
        assertThat(Nearest.distance("wrokers", "workers")).isEqualTo(1);
        assertThat(Nearest.distance("", "abc")).isEqualTo(3);
        assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
    }
}
