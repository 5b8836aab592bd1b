package dev.handover.supervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.control.Verb;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The quick reader of arguments and picocli agree on every command line that the quick one takes. */
class PlainArgumentsTest {
    private static final List<String> WORDS = List.of(
            "status",
            "reload",
            "stop",
            "start",
            "shutdown",
            "version",
            "web",
            "status",
            "--json",
            "--no-wait",
            "--socket",
            "/run/c.sock",
            "--timeout",
            "30s",
            "--help",
            "--jsn",
            "-h",
            "",
            "@file",
            "--",
            "-",
            "--json=x");

    @Test
    void whatThePlainReaderTakesPicocliUnderstandsAlike() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        int taken = 0;
        for (int i = 0; i < 2000; i++) {
            String[] arguments = arguments(random);
            Invocation plain = PlainArguments.read(arguments);
            if (plain != null) {
                taken++;
                assertThat(picocli(arguments))
                        .as("-Dseed=%d, arguments %s", seed, List.of(arguments))
                        .isEqualTo(new SupervisorctlCommand.Result.Understood(plain));
            }
        }
        assertThat(taken).as("plain command lines met, -Dseed=%d", seed).isGreaterThan(50);
    }

    @Test
    void everyActionHasItsPlainForm() {
        for (Verb verb : Verb.values()) {
            if (verb == Verb.SIGNAL || verb == Verb.HOLD || verb == Verb.SCALE) {
                continue; // more is to be said
            }
            String[] arguments = verb.needsService() ? new String[] {verb.word(), "web"} : new String[] {verb.word()};
            assertThat(PlainArguments.read(arguments)).as(verb.word()).isNotNull();
        }
    }

    @Test
    void aTimeoutIsUnderstoodByPicocli() {
        assertThat(PlainArguments.read("reload", "--timeout", "2m")).isNull();
        assertThat(picocli("reload", "--timeout", "2m"))
                .isInstanceOfSatisfying(
                        SupervisorctlCommand.Result.Understood.class,
                        understood ->
                                assertThat(understood.invocation().timeout()).isEqualTo(Duration.ofMinutes(2)));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "status --watch, 2, -",
                "status --watch web, 2, web",
                "status --watch 5 web, 5, web",
                "status web --watch=3, 3, web",
                "status --watch --json, 2, -"
            })
    void aWatchTakesTheWordBehindItOnlyWhereThatIsANumber(String line, long seconds, @Nullable String service) {
        assertThat(picocli(line.split(" ")))
                .isInstanceOfSatisfying(SupervisorctlCommand.Result.Understood.class, understood -> {
                    assertThat(understood.invocation().watch()).isEqualTo(Duration.ofSeconds(seconds));
                    assertThat(understood.invocation().service()).isEqualTo(service);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status --watch=0",
                "status --watch=x",
                "reload --dry-run --no-wait",
                "reload --dry-run --to 3 web",
                "logs web -n -1",
                "logs web --generation 0",
                "logs",
                "events --since 5"
            })
    void whatMakesNoSenseIsAMistake(String line) {
        assertThat(picocli(line.split(" "))).isEqualTo(new SupervisorctlCommand.Result.Ended(2));
    }

    private static String[] arguments(Random random) {
        List<String> arguments = new ArrayList<>();
        int length = random.nextInt(5);
        for (int i = 0; i < length; i++) {
            arguments.add(WORDS.get(random.nextInt(WORDS.size())));
        }
        return arguments.toArray(String[]::new);
    }

    private static SupervisorctlCommand.Result picocli(String... arguments) {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        return SupervisorctlCommand.parse(nowhere, nowhere, arguments);
    }
}
