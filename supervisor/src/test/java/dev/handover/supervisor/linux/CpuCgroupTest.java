package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuCgroupTest {
    @TempDir
    Path root;

    private void weighs(String folder) throws Exception {
        Files.createFile(Files.createDirectories(root.resolve(folder)).resolve("cpu.weight"));
    }

    @Test
    void ofVersion2OneCountsThatHasAWeightOrIsInOneThatHas() throws Exception {
        Files.createDirectories(root.resolve("system.slice/web.service"));
        assertThat(CpuCgroup.of("0::/system.slice/web.service", root)).isEmpty();

        weighs("system.slice");
        assertThat(CpuCgroup.of("0::/system.slice/web.service", root)).contains("/system.slice/web.service");
        assertThat(CpuCgroup.of("0::/user.slice", root)).isEmpty();
    }

    @Test
    void ofVersion2TheRootOfAContainerCountsToo() throws Exception {
        assertThat(CpuCgroup.of("0::/", root)).isEmpty();
        weighs(".");
        assertThat(CpuCgroup.of("0::/", root)).contains("/");
        assertThat(CpuCgroup.of("0::/../other", root)).as("out of sight").contains("/../other");
    }

    @Test
    void ofVersion1TheOneOfTheCpuControllerCounts() {
        assertThat(CpuCgroup.of("3:cpu,cpuacct:/web", root)).contains("/web");
        assertThat(CpuCgroup.of("3:cpu,cpuacct:/", root)).isEmpty();
        assertThat(CpuCgroup.of("4:cpuset:/web", root)).isEmpty();
        assertThat(CpuCgroup.of("1:name=systemd:/web", root)).isEmpty();
        assertThat(CpuCgroup.of("nonsense", root)).isEmpty();
    }
}
