package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MigrationProbeTest {
    private static final Path NAMESPACE = Path.of("/proc/thread-self/ns/net");

    @Test
    void itIsTriedInANamespaceThatNobodyElseComesToBeIn() throws Exception {
        assumeTrue(Processes.ownUid() == 0, "needs root's rights");
        Path before = Files.readSymbolicLink(NAMESPACE);
        int setting = KernelSettings.tcpMigrateReq().orElseThrow();
        boolean wakes = MigrationProbe.wakes();
        KernelRelease kernel = KernelRelease.running().orElseThrow();
        assertThat(kernel.has(KernelDefect.MIGRATION_WAKES_NOBODY))
                .as("what was tried, %s, against what %s says of itself", wakes, kernel)
                .isNotEqualTo(wakes ? KernelDefect.Verdict.YES : KernelDefect.Verdict.NO);
        assertThat(Files.readSymbolicLink(NAMESPACE)).isEqualTo(before);
        assertThat(KernelSettings.tcpMigrateReq()).hasValue(setting);
        try (var threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path thread : threads.toList()) {
                assertThat(Files.readSymbolicLink(thread.resolve("ns/net")))
                        .as("a thread that the trial left behind")
                        .isEqualTo(before);
            }
        }
    }

    @Test
    void withoutRootsRightsItSaysWhyItCantBeTried() {
        assumeTrue(Processes.ownUid() != 0, "root can try it");
        assumeTrue(!KernelSettings.migratesRequests(), "the kernel moves connections here: it can be tried");
        assertThatThrownBy(MigrationProbe::wakes).hasMessageContaining("unshare: EPERM");
    }
}
