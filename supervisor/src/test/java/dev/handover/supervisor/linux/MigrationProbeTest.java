package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
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
        // Its thread has said what it saw, and ends after that.
        await().ignoreExceptionsInstanceOf(NoSuchFileException.class)
                .untilAsserted(() -> assertThat(namespaces())
                        .as("those of a thread that the trial left behind, too")
                        .containsExactly(before));
    }

    private static Set<Path> namespaces() throws IOException {
        Set<Path> found = new HashSet<>();
        try (var threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path thread : threads.toList()) {
                found.add(Files.readSymbolicLink(thread.resolve("ns/net")));
            }
        }
        return found;
    }

    @Test
    void withoutRootsRightsItSaysWhyItCantBeTried() {
        assumeTrue(Processes.ownUid() != 0, "root can try it");
        assumeTrue(!KernelSettings.migratesRequests(), "the kernel moves connections here: it can be tried");
        assertThatThrownBy(MigrationProbe::wakes).hasMessageContaining("unshare: EPERM");
    }
}
