package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TailedFileTest {
    private final Path path;
    private final List<String> lines = new ArrayList<>();

    TailedFileTest(@TempDir Path folder) {
        path = folder.resolve("web-g1-w1.err");
    }

    private void write(String text) throws IOException {
        Files.writeString(path, text, StandardOpenOption.APPEND);
    }

    @Test
    void linesArePassedOnOnceTheyAreWhole() throws IOException {
        try (TailedFile tail = TailedFile.create(path, lines::add)) {
            write("one\ntw");
            tail.read();
            assertThat(lines).containsExactly("one");
            write("o\n");
            tail.read();
            assertThat(lines).containsExactly("one", "two");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void whoWritesWithoutEndIsReadToWhatWasThere() throws IOException {
        List<String> read = new ArrayList<>();
        try (TailedFile tail = TailedFile.create(path, line -> {
            read.add(line);
            try {
                Files.writeString(path, line + "\n", StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        })) {
            write("one\ntwo\n");
            tail.read();
            assertThat(read).containsExactly("one", "two");
            assertThat(tail.finish()).containsExactly("one", "two", "one", "two");
        }
    }

    @Test
    void theLastLinesAreKeptAndOneWithoutAnEndCountsWhenAllIsOver() throws IOException {
        try (TailedFile tail = TailedFile.create(path, lines::add)) {
            for (int line = 1; line <= 30; line++) {
                write(line + "\n");
            }
            write("no end");
            assertThat(tail.finish()).hasSize(20).startsWith("12").endsWith("30", "no end");
        }
    }

    @Test
    void whatWasReadTakesNoRoom() throws IOException {
        try (TailedFile tail = TailedFile.create(path, lines::add)) {
            write(("x".repeat(1023) + "\n").repeat(3 * 1024));
            tail.read();
            assertThat(lines).hasSize(3 * 1024);
            long blocks = ((Number) Files.getAttribute(path, "unix:size")).longValue();
            assertThat(blocks).as("its length").isEqualTo(3L << 20);
            assertThat(room()).as("the bytes it takes").isLessThan(1 << 20);
        }
    }

    private long room() throws IOException {
        Process du = new ProcessBuilder("du", "--block-size=1", path.toString()).start();
        String words = new String(du.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        return Long.parseLong(words.substring(0, words.indexOf('\t')));
    }
}
