package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("its limits are this process's")
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
        ResourceLimit own = ResourceLimit.ofThisProcess(Resource.NOFILE);
        try {
            DescriptorRoom room = new DescriptorRoom(new ResourceLimit(32, own.hard()), warnings::add);
            room.make();
            assertThat(ResourceLimit.ofThisProcess(Resource.NOFILE))
                    .isEqualTo(new ResourceLimit(own.hard(), own.hard()));
            Path out = folder.resolve("out");
            long child = Launcher.start(Prlimit.through(room.kept(), limitOf(out)));
            await().until(() -> !(Children.exit(child) instanceof Exit.Unknown));
            Children.reap(child);
            assertThat(out).hasContent("32\n" + own.hard());
            assertThat(warnings).isEmpty();
        } finally {
            own.set(Resource.NOFILE);
        }
    }

    @Test
    void thereIsRoomForWorkersBeforeTheyAreAdopted() throws Exception {
        ResourceLimit own = ResourceLimit.ofThisProcess(Resource.NOFILE);
        try {
            ResourceLimit given = new ResourceLimit(4096, own.hard());
            given.set(Resource.NOFILE);
            DescriptorRoom room = new DescriptorRoom(given, warnings::add);
            room.makeFor(0);
            assertThat(ResourceLimit.ofThisProcess(Resource.NOFILE)).isEqualTo(given);
            room.makeFor(200);
            assertThat(ResourceLimit.ofThisProcess(Resource.NOFILE))
                    .isEqualTo(new ResourceLimit(own.hard(), own.hard()));
        } finally {
            own.set(Resource.NOFILE);
        }
    }

    @Test
    void whereThereIsRoomForNoMoreWorkersItSaysSo() throws Exception {
        DescriptorRoom room = new DescriptorRoom(new ResourceLimit(8, 8), warnings::add);
        assertThatThrownBy(room::make)
                .isInstanceOf(IOException.class)
                .hasMessageMatching("the supervisor has \\d+ descriptors open and may have 8, .* LimitNOFILE= .*");
    }

    @Test
    void whereThereIsRoomNothingIsChanged() throws Exception {
        ResourceLimit own = ResourceLimit.ofThisProcess(Resource.NOFILE);
        DescriptorRoom room = new DescriptorRoom(new ResourceLimit(1 << 20, 1 << 21), warnings::add);
        room.make();
        assertThat(ResourceLimit.ofThisProcess(Resource.NOFILE)).isEqualTo(own);
        Program program = limitOf(folder.resolve("out"));
        assertThat(Prlimit.through(room.kept(), program)).isSameAs(program);
    }
}
