package dev.handover.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
    private static Compared row(String network, Map<String, Long> dropped, @Nullable Double memory) {
        return new Compared(
                "HAProxy, `-sf`", network, 3600, dropped, 2, 41.5, 90, 12, List.of(0.25, 0.125, 1.5), 1, memory, false);
    }

    @Test
    void aRowHasWhatWasLostAndHow() {
        assertThat(Comparison.line(row("loopback", Map.of("reset before the reply", 1234L), null)))
                .isEqualTo("| HAProxy, `-sf` | 3,600 | 1,234 | 1234 reset before the reply | 2 | 41.50 ms"
                        + " | 0.250 s, 1.500 s; 1 failed | no master |\n");
    }

    @Test
    void eachNetworkHasATableAndWhatIsMissingIsNamed() {
        Comparison comparison = new Comparison(
                new Machine(2, "6.18", "17", "0.50"),
                500,
                5,
                90,
                List.of(row("loopback", Map.of(), null), row("link", Map.of(), 12.5)),
                Map.of("pm2", "pm2 is not installed (npm: pm2)"));
        assertThat(comparison.table())
                .contains("500 connections a second, 5 reloads of each; the run took 1.5 minutes")
                .containsSubsequence(
                        "**loopback**", "no master |", "**link**", "12.50 MiB |", "Left out: pm2: pm2 is not");
    }

    @Test
    void waysAreReadWithTheirNames() {
        assertThat(Way.parse("nginx", "reload\tnginx, HUP\nbinary\tnginx, USR2 and QUIT\n"))
                .containsExactly(
                        new Way("nginx", "reload", "nginx, HUP"), new Way("nginx", "binary", "nginx, USR2 and QUIT"));
    }

    @Test
    void aTableTakesTheOldOnesPlaceInThePage() throws Exception {
        String page = "before\n<!-- peers -->\nold\n<!-- /peers -->\nafter\n";
        assertThat(Documents.inserted(page, "peers", "new\n\n"))
                .isEqualTo("before\n<!-- peers -->\nnew\n<!-- /peers -->\nafter\n");
        assertThatIOException().isThrownBy(() -> Documents.inserted(page, "others", "new"));
    }

    @Test
    void aChartNamesItsBarsAndDrawsNoneForNothing(@TempDir Path folder) throws Exception {
        Path some = folder.resolve("some.svg");
        Path none = folder.resolve("none.svg");
        BarChart one = new BarChart("title", "unit", 0.5);
        one.add("series", List.of("first", "second"), List.of(3.0, 40.0));
        one.write(some);
        BarChart other = new BarChart("title", "unit", 0.5);
        other.add("series", List.of("first", "second"), List.of(0.0, 40.0));
        other.write(none);
        assertThat(Files.readString(some)).startsWith("<?xml").contains("<svg");
        assertThat(Files.size(none)).isLessThan(Files.size(some));
    }
}
