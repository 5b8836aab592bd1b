package dev.handover.supervisor.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.config.Inheritance;
import dev.handover.supervisor.linux.Image;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Request;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class SuccessionTest {
    private static final Note NOTE = new Note(
            new Request.Upgrade("u1", "1.0", "2.0"),
            Instant.parse("2026-03-01T12:00:00Z"),
            new Image(Path.of("/usr/bin/java"), List.of(), List.of(), 0),
            OptionalInt.empty(),
            Optional.empty());

    private final Path folder;
    private final List<String> troubles = new ArrayList<>();

    SuccessionTest(@TempDir Path parent) {
        folder = parent.resolve("c.sock.upgrade");
    }

    private Succession of(Note note) throws Exception {
        Path path = Upgrades.note(Files.createDirectories(folder));
        note.save(path);
        return Succession.of(Map.of(Inheritance.UPGRADE, path.toString())).orElseThrow();
    }

    @Test
    void theServiceManagerIsToldThatItLivesUntilItIsDoneAlsoInTheOneThatWentBack() throws Exception {
        for (Note note : List.of(NOTE, NOTE.failed("it died"))) {
            Succession succession = of(note);
            CountDownLatch beats = new CountDownLatch(3);
            succession.limit(troubles::add, Optional.of(Duration.ofMillis(1)), beats::countDown);
            assertThat(beats.await(60, TimeUnit.SECONDS)).isTrue();
            List<Thread> watch = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("upgrade-limit"))
                    .toList();
            succession.done(Memory.EMPTY, troubles::add);
            assertThat(watch).isNotEmpty();
            for (Thread thread : watch) {
                thread.join(TimeUnit.SECONDS.toMillis(60));
                assertThat(thread.isAlive()).isFalse();
            }
        }
        assertThat(troubles).isEmpty();
    }

    @Test
    void whatWasKeptGoesOnceItIsDoneExceptForWhatRuns() throws Exception {
        Path jar = Files.writeString(Files.createDirectory(folder).resolve("previous.jar"), "");
        of(NOTE.failed("it died")).done(Memory.EMPTY, troubles::add);
        assertThat(folder).isDirectoryContaining(jar::equals).isDirectoryNotContaining(Upgrades.note(folder)::equals);
        Files.writeString(folder.resolve("note.json.new"), "of one that was killed as it wrote");
        of(NOTE).done(Memory.EMPTY, troubles::add);
        assertThat(folder).doesNotExist();
        assertThat(troubles).isEmpty();
    }
}
