package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.chaos.ChaosOptions;
import dev.handover.chaos.Report;
import dev.handover.chaos.Table;
import dev.handover.chaos.link.Link;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.reload.ReloadOptions;
import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/** What tests that reload under load have in common. */
final class Chaos {
    /** Whether there is all the time in the world: {@code -Dsoak}. */
    static final boolean SOAK = System.getProperty("soak") != null;

    static final Duration ROUND_TRIP = Duration.ofMillis(40);

    private Chaos() {}

    /** Two hosts with {@link #ROUND_TRIP} between them; the test is skipped where there can't be any. */
    static Link link() throws IOException {
        String obstacle = Link.obstacle();
        assumeTrue(obstacle == null, obstacle);
        return Link.open(ROUND_TRIP.dividedBy(2));
    }

    /** The test is skipped where there is no such program on the PATH. */
    static void needs(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        assumeTrue(
                Stream.of(path.split(File.pathSeparator, -1))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program))),
                "needs " + program + " on the PATH");
    }

    /** Whether the kernel, in the link's server namespace, moves what a closing listener holds to others of its group. */
    static void migrate(Link link, boolean whether) throws IOException, InterruptedException {
        String setting = "/proc/sys/net/ipv4/tcp_migrate_req";
        assumeTrue(Files.exists(Path.of(setting)), "needs " + setting + ", Linux 5.14 or later");
        Ran set = Ran.run(
                Duration.ofSeconds(30),
                Map.of(),
                link.inServer(List.of("sh", "-c", "echo " + (whether ? 1 : 0) + " > " + setting)));
        assertThat(set.exitCode()).as(set.err()).isZero();
    }

    static ChaosOptions options(LoadOptions load, int reloads, Supervised supervised) {
        return ChaosOptions.of(load).withReloads(ReloadOptions.of(reloads, supervised.reloadCommand()));
    }

    /** One run, here or over a link. */
    interface Run {
        Report run(ChaosOptions options) throws IOException, InterruptedException;
    }

    /**
     * Runs a load that reloads, and beside it one that does not.
     *
     * @return the reports, in this order
     */
    static List<Report> both(Run how, ChaosOptions reloading, LoadOptions beside) throws Exception {
        FutureTask<Report> other = new FutureTask<>(() -> how.run(ChaosOptions.of(beside)));
        Thread thread = new Thread(other, "the other load");
        thread.start();
        try {
            return List.of(how.run(reloading), other.get());
        } finally {
            thread.interrupt();
            thread.join();
        }
    }

    /** Prints the report; each of its reloads must have ended well. */
    static Report shown(String what, Report report, Supervised supervised) throws IOException {
        assertThat(printed(what, report).reloads())
                .as(supervised.log())
                .isNotEmpty()
                .noneMatch(reload -> reload.hasFailed());
        return report;
    }

    static Report printed(String what, Report report) {
        System.out.println(what);
        System.out.println(Table.of(report));
        return report;
    }

    static void isLossless(Report report) {
        lostNothing(report);
        assertThat(report.reloads())
                .allSatisfy(reload -> assertThat(reload.lastLines())
                        .as("the ledger of reload %d", reload.number())
                        .anyMatch(line -> line.contains("lossless, steered")));
    }

    /** Of the load alone, whatever reloads there were. */
    static void lostNothing(Report report) {
        String table = Table.of(report);
        assertThat(report.load().attempts()).as("attempts in%n%s", table).isPositive();
        assertThat(report.dropped()).as("dropped in%n%s", table).isZero();
        assertThat(report.load().wrongReplies())
                .as("wrong replies in%n%s", table)
                .isZero();
    }
}
