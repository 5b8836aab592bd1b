package dev.handover.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(300)
class BenchMainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int bench(String... words) {
        CommandLine line = BenchMain.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(words);
    }

    @Test
    void anUnknownFigureIsNamedWithThoseThatThereAre() {
        assertThat(bench("speed")).isEqualTo(2);
        assertThat(err.toString())
                .contains("'speed'", "flip, quiesce, own-time")
                .hasLineCount(1);
    }

    /** How fast it is depends on the machine; that it is measured, and said, does not. */
    @Test
    void aFigureIsMeasuredOnARealSupervisorAndWrittenDown(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("figures.json");
        assertThat(bench("own-time", "--runs", "2", "--json", json.toString())).isLessThan(2);
        assertThat(out.toString()).contains("a reload less worker start", "first reload after the daemon's start");
        JsonObject figure = JsonParser.parseString(Files.readString(json))
                .getAsJsonObject()
                .getAsJsonArray("figures")
                .get(0)
                .getAsJsonObject();
        assertThat(figure.get("runs").getAsInt()).isEqualTo(2);
        assertThat(figure.get("value").getAsDouble()).isBetween(0.1, 60_000.0);
    }
}
