package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.linux.Children;
import dev.handover.supervisor.linux.DescriptorLimit;
import dev.handover.supervisor.linux.Launcher;
import dev.handover.supervisor.linux.Program;
import dev.handover.supervisor.terms.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorRoomTest {
    @TempDir
    Path folder;

    private final List<String> warnings = new ArrayList<>();

    private Program limitOf(Path out) throws IOException {
        return new Program(
                Path.of("/bin/sh"),
                List.of(CString.of("sh"), CString.of("-c"), CString.of("ulimit -Sn; ulimit -Hn")),
                List.of(CString.of("PATH=/bin")),
                folder,
                Files.createFile(out),
                out);
    }

    @Test
    void aSupervisorThatNeedsMoreThanItWasGivenKeepsThatToItself() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "needs prlimit of util-linux");
        DescriptorLimit own = DescriptorLimit.ofThisProcess();
        try {
            DescriptorRoom room = new DescriptorRoom(new DescriptorLimit(32, own.hard()), warnings::add);
            room.make();
            assertThat(DescriptorLimit.ofThisProcess()).isEqualTo(new DescriptorLimit(own.hard(), own.hard()));
            Path out = folder.resolve("out");
            long child = Launcher.start(room.limited(limitOf(out)));
            await().until(() -> !(Children.exit(child) instanceof Exit.Unknown));
            Children.reap(child);
            assertThat(out).hasContent("32\n" + own.hard());
            assertThat(warnings).isEmpty();
        } finally {
            own.set();
        }
    }

    @Test
    void whereThereIsRoomNothingIsChanged() throws Exception {
        DescriptorLimit own = DescriptorLimit.ofThisProcess();
        DescriptorRoom room = new DescriptorRoom(new DescriptorLimit(1 << 20, 1 << 21), warnings::add);
        room.make();
        assertThat(DescriptorLimit.ofThisProcess()).isEqualTo(own);
        Program program = limitOf(folder.resolve("out"));
        assertThat(room.limited(program)).isSameAs(program);
    }
}
