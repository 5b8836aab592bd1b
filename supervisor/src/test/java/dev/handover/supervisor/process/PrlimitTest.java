package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.linux.Children;
import dev.handover.supervisor.linux.Launcher;
import dev.handover.supervisor.linux.Program;
import dev.handover.supervisor.linux.ResourceLimit;
import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class PrlimitTest {
    @TempDir
    Path folder;

    private Path out;

    @BeforeEach
    void needsPrlimit() throws IOException {
        assumeTrue(Prlimit.isThere(), "needs prlimit of util-linux");
        Launcher.takeChildren();
        out = Files.createFile(folder.resolve("out"));
    }

    private Program program(Path file, String... words) {
        return new Program(
                file,
                List.of(words).stream().map(CString::of).toList(),
                List.of(CString.of("PATH=/usr/bin:/bin")),
                folder,
                out,
                out,
                OptionalInt.of(0177),
                OptionalInt.empty(),
                Optional.empty());
    }

    @Test
    void softAndHardLimitsAreSetForTheProgramAlone() throws Exception {
        ResourceLimit before = ResourceLimit.ofThisProcess(Resource.NOFILE);
        Map<Resource, ResourceLimit> limits = Prlimit.granted(
                Map.of(Resource.NOFILE, OptionalLong.of(77), Resource.CORE, OptionalLong.of(0)), Optional.empty());
        String script = "ulimit -Sn; ulimit -Hn; ulimit -Sc; ulimit -Hc; umask; echo $1";
        long child =
                Launcher.start(Prlimit.through(limits, program(Path.of("/bin/sh"), "sh", "-c", script, "sh", "a b")));
        await().until(() -> !(Children.exit(child) instanceof Exit.Unknown));
        Children.reap(child);
        assertThat(out).hasContent("77\n77\n0\n0\n0177\na b");
        assertThat(ResourceLimit.ofThisProcess(Resource.NOFILE)).isEqualTo(before);
    }

    @Test
    void noneIsWhatItWasGivenWhereNothingIsAsked() throws Exception {
        Program program = program(Path.of("/bin/sh"), "sh");
        assertThat(Prlimit.through(Prlimit.granted(Map.of(), Optional.empty()), program))
                .isSameAs(program);
    }

    @Test
    void unlimitedIsWrittenAsPrlimitTakesIt() throws Exception {
        assumeTrue(
                ResourceLimit.mayRaise()
                        || ResourceLimit.ofThisProcess(Resource.CPU).hard() == ResourceLimit.UNLIMITED,
                "may not be granted here");
        assertThat(Prlimit.through(
                                Prlimit.granted(Map.of(Resource.CPU, OptionalLong.empty()), Optional.empty()),
                                program(Path.of("/bin/sh"), "sh"))
                        .words())
                .extracting(CString::toString)
                .containsExactly("prlimit", "--cpu=unlimited:unlimited", "--", "/bin/sh");
    }

    @Test
    void aLimitAboveTheHardOneIsToldBeforeAnythingIsStarted() throws Exception {
        assumeFalse(ResourceLimit.mayRaise(), "this user may raise limits");
        long hard = ResourceLimit.ofThisProcess(Resource.NOFILE).hard();
        assertThatThrownBy(() -> Prlimit.granted(Map.of(Resource.NOFILE, OptionalLong.of(hard + 1)), Optional.empty()))
                .isInstanceOf(IOException.class)
                .hasMessage("limits.nofile = " + (hard + 1) + " is above the supervisor's hard limit of " + hard
                        + ", which this user may not raise; CAP_SYS_RESOURCE, or a higher one where the supervisor is"
                        + " started, allows it");
    }

    @Test
    void aProgramThatIsNotThereIsMissedBeforePrlimitMissesIt() throws IOException {
        Map<Resource, ResourceLimit> limits =
                Prlimit.granted(Map.of(Resource.CORE, OptionalLong.of(0)), Optional.empty());
        Path gone = folder.resolve("gone");
        assertThatThrownBy(() -> Prlimit.through(limits, program(gone, "gone")))
                .isInstanceOf(IOException.class)
                .hasMessage("there is no file " + gone);
        assertThatThrownBy(() -> Prlimit.through(limits, program(out, "out")))
                .isInstanceOf(IOException.class)
                .hasMessage("this user may not execute " + out);
    }
}
