package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class WorkerCgroupTest {
    private static final Path TREE = Path.of("/sys/fs/cgroup/system.slice/handover.service/handover-1f0e2d3c");

    @Test
    void aWorkersIsToldByItsNameAndByThoseThatItIsIn() {
        Path worker = TREE.resolve("web-g7/w1.4711");
        WorkerCgroup expected = new WorkerCgroup(new Cgroup(worker), 4711);
        assertThat(WorkerCgroup.at(worker)).contains(expected);
        assertThat(WorkerCgroup.at(worker.resolve("own/of-a-container"))).contains(expected);
        assertThat(expected.generation()).isEqualTo(new Cgroup(TREE.resolve("web-g7")));
        assertThat(WorkerCgroup.at(TREE.resolve("a-g1.b-g7/before-start.12"))).isPresent();
        assertThat(WorkerCgroup.at(TREE.resolve("web-g7/after-flip.12"))).isPresent();
    }

    @Test
    void noOtherIsTakenForOne() {
        assertThat(WorkerCgroup.at(TREE.resolve("supervisor"))).isEmpty();
        assertThat(WorkerCgroup.at(TREE.resolve("web-g7"))).isEmpty();
        assertThat(WorkerCgroup.at(TREE.resolve("web-g7/w1"))).isEmpty();
        assertThat(WorkerCgroup.at(TREE.resolve("web-g7/w1.12345678901"))).isEmpty();
        assertThat(WorkerCgroup.at(Path.of("/sys/fs/cgroup/other/web-g7/w1.4711")))
                .isEmpty();
        assertThat(WorkerCgroup.at(Path.of("/"))).isEmpty();
    }
}
