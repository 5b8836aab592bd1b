package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputLinesTest {
    private final List<String> seen = new ArrayList<>();
    private int bytes;
    private int ended;
    private final OutputLines lines = new OutputLines((line, written, length, ends) -> {
        seen.add(line);
        bytes += length;
        ended += ends ? 1 : 0;
    });

    private void write(String text) {
        lines.take(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aLineIsPassedOnOnceItIsWhole() {
        write("one\ntw");
        assertThat(seen).containsExactly("one");
        write("o\n\n");
        assertThat(seen).containsExactly("one", "two", "");
        write("last");
        lines.finish();
        assertThat(seen).endsWith("last");
        assertThat(bytes).as("without the ends").isEqualTo(10);
        assertThat(ended).isEqualTo(4);
    }

    @Test
    void aLineAsLongAsMayBeIsOneLine() {
        String longest = "x".repeat(OutputLines.LONGEST);
        write(longest + "\n");
        assertThat(seen).containsExactly(longest);
    }

    @Test
    void aLongerOneIsCutBetweenCharactersAndMarked() {
        String longer = "x" + "ä€😀".repeat(2000);
        write(longer + "\n");
        assertThat(seen).hasSize(3);
        assertThat(seen.get(0)).endsWith("…");
        assertThat(seen.get(1)).startsWith("…").endsWith("…");
        assertThat(seen.get(2)).startsWith("…").doesNotEndWith("…");
        assertThat(String.join("", seen).replace("…", "")).isEqualTo(longer);
        assertThat(ended).isEqualTo(1);
    }

    @Test
    void whatIsNoTextIsCutAnywhere() {
        byte[] odd = new byte[OutputLines.LONGEST + 10];
        java.util.Arrays.fill(odd, (byte) 0x80);
        lines.take(ByteBuffer.wrap(odd));
        lines.finish();
        assertThat(seen).hasSize(2);
        assertThat(bytes).isEqualTo(odd.length);
    }

    @Test
    void tabsAreSpaces() {
        write("\tat home\n");
        assertThat(seen).containsExactly("    at home");
    }
}
