package dev.handover.supervisor.terms;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ControlCharactersTest {
    @Test
    void eachIsSpelledOutAndAllElseIsLeft() {
        assertThat(ControlCharacters.escaped(
                        "a\n\u001b[2J\u007f\u009b\u2028\u202e\ufeff é\u4e16\ud83d\ude80 \u0301\t", "\t"))
                .isEqualTo("a\\u000a\\u001b[2J\\u007f\\u009b\\u2028\\u202e\\ufeff é\u4e16\ud83d\ude80 \u0301\t");
        assertThat(ControlCharacters.escaped(Character.toString(0xe0001))).isEqualTo("\\udb40\\udc01");
    }

    @Test
    void halfACharacterIsLeftAsItIs() {
        assertThat(ControlCharacters.escaped("a\ud83d")).isEqualTo("a\ud83d");
        assertThat(ControlCharacters.escaped("\ude80a")).isEqualTo("\ude80a");
    }
}
