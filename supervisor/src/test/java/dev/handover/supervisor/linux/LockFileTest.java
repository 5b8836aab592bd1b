package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class LockFileTest {
    @TempDir
    private Path folder = Path.of("/");

    @Test
    void oneAtATimeHoldsItAndNoneIsLeft() throws Exception {
        Path path = folder.resolve("s.lock");
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(CompletableFuture.runAsync(() -> {
                for (int round = 0; round < 200; round++) {
                    try (LockFile lock = LockFile.hold(path)) {
                        assertThat(lock).isNotNull();
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        inside.decrementAndGet();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }));
        }
        CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).get(60, TimeUnit.SECONDS);
        assertThat(most).hasValue(1);
        assertThat(path).doesNotExist();
    }

    @Test
    void oneThatAKilledProcessLeftIsNobodys() throws IOException {
        Path path = Files.createFile(folder.resolve("s.lock"));
        LockFile.hold(path).close();
        assertThat(path).doesNotExist();
    }

    @Test
    void aKeptFolderIsNoOthersAloneAndItsSocketsComeAndGo() throws Exception {
        Path kept = folder.resolve("kept");
        try (KeptFolder keeper = KeptFolder.keep(kept).orElseThrow()) {
            assertThat(keeper).isNotNull();
            assertThat(lockedByAnother(kept)).isEqualTo(1);
            KeptFolder.keep(kept).orElseThrow().close();
            UnixServer.listen(kept.resolve("s"), 1, 0, new byte[0], connection -> {}, trouble -> {})
                    .close();
            assertThat(kept).isEmptyDirectory();
        }
        assertThat(lockedByAnother(kept)).isZero();
    }

    @Test
    void aFolderThatAnotherHasForItselfIsNotWaitedFor() throws Exception {
        Path kept = PrivateFolder.ensure(folder.resolve("kept"));
        Process other = new ProcessBuilder("flock", "--exclusive", kept.toString(), "cat").start();
        try {
            await().until(() -> lockedByAnother(kept) == 1);
            assertThat(KeptFolder.keep(kept)).isEmpty();
        } finally {
            other.getOutputStream().close();
            assertThat(other.waitFor()).isZero();
        }
    }

    /** As systemd-tmpfiles asks: 1 for no. */
    private static int lockedByAnother(Path folder) throws IOException, InterruptedException {
        return new ProcessBuilder("flock", "--exclusive", "--nonblock", folder.toString(), "true")
                .start()
                .waitFor();
    }
}
