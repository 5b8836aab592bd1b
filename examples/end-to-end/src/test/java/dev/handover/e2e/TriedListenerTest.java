package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.harness.Supervised;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A program that opens its listener to try it, closes it, and opens another to serve. */
@Tag("chaos")
@Isolated("puts the machine under load")
class TriedListenerTest {
    private static final Path PROGRAM = Path.of("src/test/resources/dev/handover/e2e/twice.py");
    private static final int RELOADS = 2;
    private static final double RATE = 300;
    private static final Duration DURATION = Duration.ofSeconds(3);

    @Test
    void whereItWorksMeanwhileNobodyIsLedToTheOneThatIsClosed() throws Exception {
        int port = Supervised.freePort();
        try (Supervised supervised = Supervised.start(service(port, 0.1))) {
            Chaos.isLossless(Chaos.shown("tried, at work", reload(supervised, port), supervised));
        }
    }

    @Test
    void whatIsLostWhereItSleepsMeanwhileIsTold() throws Exception {
        int port = Supervised.freePort();
        try (Supervised supervised = Supervised.start(service(port, -0.5))) {
            Report report = Chaos.shown("tried, asleep", reload(supervised, port), supervised);
            assertThat(report.dropped()).isPositive();
            assertThat(report.reloads())
                    .allSatisfy(reload -> assertThat(reload.lastLines())
                            .anyMatch(line -> line.contains("not shown: ")
                                    && line.contains("closed a listener with ")
                                    && line.contains("that it had not accepted: lost")));
        }
    }

    private static Report reload(Supervised supervised, int port) throws Exception {
        LoadOptions load = LoadOptions.of(new Target("127.0.0.1", port), Mode.HTTP, RATE, DURATION);
        return ChaosRun.run(Chaos.options(load, RELOADS, supervised));
    }

    /** @param works how many seconds of work lie between the two listeners; negative: of sleep */
    private static String service(int port, double works) {
        return """
                [services.web]
                command = ["python3", "%s", "%d", "%s"]
                listen = ["tcp://127.0.0.1:%d"]
                ready = "listening"
                drain = "idle"
                """.formatted(PROGRAM.toAbsolutePath(), port, works, port);
    }
}
