package dev.handover.supervisor.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What reads bytes of others, under inputs that Jazzer makes up, led by which code each of them reaches: nothing may be thrown
 * but what its callers expect, nothing take for ever, and no memory stay behind, of which there is little.
 *
 * <p>A build begins with the same seed each time; {@code -Dfuzz.inputs=10000000} makes it so many in all, of another seed,
 * {@code -Dfuzz.target=…} all of one target, {@code -Dseed=…} the same ones again. An input that breaks something is left in {@code target/fuzz}; {@code src/test/fuzz} has those that it begins with, a folder a target.
 */
@Tag("fuzz")
class FuzzTest {
    private static final long USUAL = 1_000_000;
    private static final long INPUTS = Long.getLong("fuzz.inputs", USUAL);
    private static final String TARGET = System.getProperty("fuzz.target", "");
    private static final Pattern DONE = Pattern.compile("Done (\\d+) runs in (\\d+) second");

    /** What is read, and by which part in a thousand of the inputs: TOML takes its time. */
    enum Target {
        CONTROL("control.CallFuzz", 100, 256),
        WORKER("protocol.WorkerFuzz", 40, 256),
        KERNEL("linux.KernelFuzz", 600, 768),
        TERMS("terms.TermsFuzz", 232, 96),
        STATE("state.StateFuzz", 25, 2048),
        CONFIG("config.ConfigFuzz", 3, 1024);

        private final String type;
        private final int share;
        private final int longest;

        Target(String type, int share, int longest) {
            this.type = "dev.handover.supervisor." + type;
            this.share = share;
            this.longest = longest;
        }

        long inputs() {
            return TARGET.isEmpty() ? INPUTS * share / 1000 : INPUTS;
        }

        String folder() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @TempDir
    Path found;

    /** Two at a time, each in a JVM of its own: libFuzzer has its state in the process. */
    @Test
    @Timeout(value = 12, unit = TimeUnit.HOURS)
    void nothingOfOthersCrashesHangsOrGrows() throws InterruptedException {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "Jazzer is for x86-64");
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            List<Future<Void>> all = two.invokeAll(Arrays.stream(Target.values())
                    .filter(target -> TARGET.isEmpty() || TARGET.equals(target.folder()))
                    .map(target -> (Callable<Void>) () -> fuzz(target))
                    .toList());
            assertAll(all.stream().map(one -> one::get));
        } finally {
            two.shutdownNow();
        }
    }

    private Void fuzz(Target target) throws IOException, InterruptedException {
        long seed = Long.getLong(
                "seed", INPUTS == USUAL ? 1 : ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE));
        Path broken = Files.createDirectories(Path.of("target", "fuzz"));
        Path said = broken.resolve(target.folder() + ".log");
        Process fuzzer = new ProcessBuilder(command(target, seed, broken))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            fuzzer.waitFor();
        } finally {
            fuzzer.destroy(); // which the other one is told by it
            fuzzer.waitFor();
        }
        String log = Files.readString(said, ISO_8859_1);
        String last = target + " with -Dseed=" + seed + ", all of it in " + said + ":\n" + endOf(log);
        assertThat(fuzzer.exitValue()).as(last).isZero();
        Matcher done = DONE.matcher(log);
        assertThat(done.find()).as(last).isTrue();
        assertThat(Long.parseLong(done.group(1))).as(last).isGreaterThanOrEqualTo(target.inputs());
        System.out.println("fuzz: " + target.folder() + ", " + done.group(1) + " inputs in " + done.group(2) + " s");
        return null;
    }

    private List<String> command(Target target, long seed, Path broken) throws IOException {
        return List.of(
                // Which forks: else the kernel counts the most memory that this process had as the fuzzer's, too.
                "timeout",
                "12h",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx160m",
                "-Xss512k",
                "-XX:TieredStopAtLevel=1", // it is over before the other compiler has paid off
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + found,
                "-XX:+EnableDynamicAgentLoading",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.type,
                "--instrumentation_includes=dev.handover.**:org.tomlj.**",
                "--custom_hook_excludes=**", // what else Jazzer looks for, such as injections into SQL, is not done
                // here
                "--trace=cov:cmp",
                "-use_value_profile=0",
                "--reproducer_path=" + broken,
                "-artifact_prefix=" + broken + "/" + target.folder() + "-",
                "-runs=" + target.inputs(),
                "-seed=" + seed,
                "-max_len=" + target.longest,
                "-timeout=60",
                "-rss_limit_mb=1024",
                "-print_final_stats=1",
                Files.createDirectory(found.resolve(target.folder())).toString(),
                Path.of("src", "test", "fuzz", target.folder()).toString());
    }

    private static String endOf(String log) {
        List<String> lines = log.lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    }
}
