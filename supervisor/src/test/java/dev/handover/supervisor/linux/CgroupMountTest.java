package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CgroupMountTest {
    @Test
    void isFoundAloneAndBesideVersionOne() {
        assertThat(CgroupMount.parse("31 24 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw"))
                .contains(new CgroupMount(Path.of("/sys/fs/cgroup"), "/"));
        assertThat(CgroupMount.parse("40 31 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw"))
                .contains(new CgroupMount(Path.of("/sys/fs/cgroup/unified"), "/"));
        assertThat(CgroupMount.parse("41 31 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory"))
                .isEmpty();
        assertThat(CgroupMount.parse("cgroup2 - cgroup2")).isEmpty();
    }

    @Test
    void showsWhatIsBelowWhatIsMountedAndNothingElse() {
        CgroupMount whole = new CgroupMount(Path.of("/sys/fs/cgroup"), "/");
        assertThat(whole.folder("/")).contains(Path.of("/sys/fs/cgroup"));
        assertThat(whole.folder("/system.slice/web.service"))
                .contains(Path.of("/sys/fs/cgroup/system.slice/web.service"));
        assertThat(whole.folder("/../..")).as("another cgroup namespace's").isEmpty();

        CgroupMount part = new CgroupMount(Path.of("/sys/fs/cgroup"), "/docker/1f");
        assertThat(part.folder("/docker/1f")).contains(Path.of("/sys/fs/cgroup"));
        assertThat(part.folder("/docker/1f/a")).contains(Path.of("/sys/fs/cgroup/a"));
        assertThat(part.folder("/docker/1f2")).isEmpty();
        assertThat(part.folder("/docker")).isEmpty();
    }
}
