package dev.handover.supervisor.lines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinesTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100_000})
    void howeverItArrivesItIsCutAtTheNewlines(int atATime) throws IOException {
        String long1 = "x".repeat(20_000);
        assertThat(all(1 << 20, atATime, "one\n\n" + long1 + "\nlast\n")).containsExactly("one", "", long1, "last");
    }

    @Test
    void aLineThatNeverEndedCountsForNothing() throws IOException {
        assertThat(all(4096, 4096, "one\ntwo")).containsExactly("one");
        assertThat(all(4096, 4096, "")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100_000})
    void aLineOfTheGreatestLengthIsReadAndALongerOneRefused(int atATime) throws IOException {
        for (int longest : new int[] {10, 8192, 8193, 20_000}) {
            String line = "x".repeat(longest - 1);
            assertThat(all(longest, atATime, line + "\nnext\n")).containsExactly(line, "next");
            assertThatThrownBy(() -> all(longest, atATime, line + "x\n"))
                    .isInstanceOf(Lines.TooLong.class)
                    .hasMessage("a line is at most " + longest + " bytes");
        }
    }

    @Test
    void aLineWithoutEndIsRefusedBeforeItTakesMoreThanItsBound() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'x';
            }
        };
        assertThatThrownBy(() -> new Lines(endless, 1 << 20).next()).isInstanceOf(Lines.TooLong.class);
    }

    private static List<String> all(int longest, int atATime, String text) throws IOException {
        Lines lines = new Lines(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
                    @Override
                    public synchronized int read(byte[] into, int offset, int length) {
                        return super.read(into, offset, Math.min(length, atATime));
                    }

                    @Override
                    public int read(byte[] into) {
                        return read(into, 0, into.length);
                    }
                },
                longest);
        List<String> all = new ArrayList<>();
        for (byte[] line = lines.next(); line != null; line = lines.next()) {
            all.add(new String(line, StandardCharsets.UTF_8));
        }
        return all;
    }
}
