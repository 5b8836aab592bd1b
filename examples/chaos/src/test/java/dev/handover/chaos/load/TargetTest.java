package dev.handover.chaos.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TargetTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:8080", "[::1]:80", "localhost:65535"})
    void isWrittenAsItIsRead(String text) {
        assertThat(Target.parse(text)).hasToString(text);
    }

    @Test
    void takesTheBracketsOffAnIpv6Address() {
        assertThat(Target.parse("[fd77::2]:80")).isEqualTo(new Target("fd77::2", 80));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "127.0.0.1", "::1:80", ":80", "host:0", "host:65536", "host:http", "[host]:80", "a b:80"})
    void refusesEverythingElse(String text) {
        assertThatThrownBy(() -> Target.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
