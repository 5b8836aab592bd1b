package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.Cgroup;
import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On files in a folder, which is what the kernel's look like, whatever controllers this machine has. */
class WantOfMemoryTest {
    private static final WorkerId WORKER = new WorkerId(new ServiceName("web"), new GenerationId(7), 1);
    private static final Exit.Killed KILLED = new Exit.Killed("SIGKILL", false);

    @TempDir
    Path folder;

    private final List<String> troubles = new ArrayList<>();

    private Exit explained(int kills, Exit exit) throws IOException {
        return explained(kills, exit, false);
    }

    private Exit explained(int kills, Exit exit, boolean killedHere) throws IOException {
        Path worker = Files.createDirectory(folder.resolve("w1.4711"));
        Files.writeString(folder.resolve("cgroup.procs"), "");
        Files.writeString(folder.resolve("memory.max"), "536870912\n");
        Files.writeString(worker.resolve("memory.max"), "max\n");
        Files.writeString(worker.resolve("memory.events"), "low 0\noom 3\noom_kill " + kills + "\noom_group_kill 0\n");
        return new WantOfMemory(pid -> Optional.of(new Cgroup(worker)), troubles::add)
                .explain(WORKER, 4711, exit, killedHere);
    }

    @Test
    void aWorkerThatTheKernelKilledForItSaysSoAndWhichLimitItWasUnder() throws IOException {
        assertThat(explained(1, KILLED))
                .hasToString("was killed by SIGKILL by the kernel for want of memory (memory.max of " + folder
                        + " is 536870912 bytes)");
        assertThat(troubles).isEmpty();
    }

    @Test
    void oneThatEndedOtherwiseKeepsItsEndAndTheLogHasTheKill() throws IOException {
        assertThat(explained(2, new Exit.Code(1))).isEqualTo(new Exit.Code(1));
        assertThat(troubles)
                .containsExactly(
                        "web/g7/w1 exited with 1; before that the kernel had killed 2 of its processes for want of"
                                + " memory (memory.max of " + folder + " is 536870912 bytes)");
    }

    @Test
    void oneThatThisSupervisorKilledWasNotKilledForItHoweverManyOfItsProcessesWere() throws IOException {
        assertThat(explained(1, KILLED, true)).isEqualTo(KILLED);
        assertThat(troubles)
                .singleElement()
                .asString()
                .contains("before that the kernel had killed 1 of its processes for want of memory");
    }

    @Test
    void oneThatSomebodyElseKilledSaysNoMore() throws IOException {
        assertThat(explained(0, KILLED)).isEqualTo(KILLED);
    }

    @Test
    void nothingIsKnownOfOneWithoutACgroup() {
        assertThat(new WantOfMemory(pid -> Optional.empty(), troubles::add).explain(WORKER, 4711, KILLED, false))
                .isEqualTo(KILLED);
    }
}
