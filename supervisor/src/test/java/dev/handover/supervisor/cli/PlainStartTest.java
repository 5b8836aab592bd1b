package dev.handover.supervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is read without picocli means the same to it. */
class PlainStartTest {
    @Test
    void isNothingButAFile() {
        assertThat(PlainStart.read("--config", "a b.toml")).contains(new PlainStart(Path.of("a b.toml")));
        assertThat(PlainStart.read()).isEmpty();
        assertThat(PlainStart.read("--config")).isEmpty();
        assertThat(PlainStart.read("--config", "")).isEmpty();
        assertThat(PlainStart.read("--config", "--check")).isEmpty();
        assertThat(PlainStart.read("--config", "@words")).isEmpty();
        assertThat(PlainStart.read("--config=x.toml", "--check")).isEmpty();
        assertThat(PlainStart.read("--config", "x.toml", "--check")).isEmpty();
        assertThat(PlainStart.read("--log-level", "info")).isEmpty();
    }
}
