package dev.handover.supervisor.chronicle;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.handover.supervisor.terms.Effect.Severity;
import dev.handover.supervisor.terms.Happening;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ChronicleTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    private Path folder = Path.of("/");

    private Path path = Path.of("/");
    private final List<String> warnings = new CopyOnWriteArrayList<>();

    @BeforeEach
    void name() {
        path = folder.resolve("c.sock.events");
    }

    private Chronicle open() {
        return new Chronicle(new ChronicleFile(path, warnings::add), ChronicleTest::spelled, warnings::add);
    }

    private static JsonObject spelled(Happening happening) {
        JsonObject json = new JsonObject();
        json.addProperty("at", happening.at().toString());
        json.addProperty("what", happening.what().word());
        happening.subject().service().ifPresent(service -> json.addProperty("service", service.value()));
        json.addProperty("text", happening.text());
        return json;
    }

    private static Happening happened(String service, String text) {
        return happened(service, text, NOON);
    }

    private static Happening happened(String service, String text, Instant at) {
        return new Happening(at, What.WORKER_STARTED, Severity.INFO, Subject.of(new ServiceName(service)), text);
    }

    private static List<String> all(ChronicleReader reader) {
        List<String> texts = new ArrayList<>();
        for (Optional<Entry> next = reader.next(); next.isPresent(); next = reader.next()) {
            texts.add(next.get().number() + " " + next.get().json().get("text").getAsString());
        }
        return texts;
    }

    private static List<String> read(Chronicle chronicle, Selection selection) {
        chronicle.flush();
        try (ChronicleReader reader = chronicle.read(selection, () -> {})) {
            return all(reader);
        }
    }

    @Test
    void whatHappenedIsThereForTheNextSupervisorWhichGoesOnCounting() throws IOException {
        try (Chronicle chronicle = open()) {
            chronicle.add(happened("web", "one"));
            chronicle.add(happened("web", "two"));
        }
        try (Chronicle chronicle = open()) {
            chronicle.add(happened("web", "three"));
            assertThat(read(chronicle, Selection.ALL)).containsExactly("1 one", "2 two", "3 three");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        assertThat(warnings).isEmpty();
    }

    /** As where it was killed while it wrote. */
    @Test
    void aLineThatIsTornIsLeftOutAndTheNextOneIsWhole() throws IOException {
        try (Chronicle chronicle = open()) {
            chronicle.add(happened("web", "one"));
        }
        byte[] torn = new byte[] {'{', '"', 'n', 'u', 'm', (byte) 0xc3};
        Files.write(path, torn, StandardOpenOption.APPEND);
        try (Chronicle chronicle = open()) {
            chronicle.add(happened("web", "two"));
        }
        try (Chronicle chronicle = open()) {
            assertThat(read(chronicle, Selection.ALL)).containsExactly("1 one", "2 two");
        }
        assertThat(warnings).isEmpty();
    }

    @Test
    void whoReadsChoosesTheServiceTheTimeAndHowMuch() {
        try (Chronicle chronicle = open()) {
            chronicle.add(happened("web", "one"));
            chronicle.add(happened("api", "two"));
            chronicle.add(happened("web", "three", NOON.plusSeconds(60)));
            assertThat(read(chronicle, Selection.of("web"))).containsExactly("1 one", "3 three");
            assertThat(read(chronicle, selection(NOON.plusSeconds(60), null, null)))
                    .containsExactly("3 three");
            assertThat(read(chronicle, selection(null, 2L, null))).containsExactly("3 three");
            assertThat(read(chronicle, selection(null, null, 2))).containsExactly("2 two", "3 three");
            assertThat(read(chronicle, selection(null, 99L, null)))
                    .as("numbers that were never written are given again")
                    .containsExactly("1 one", "2 two", "3 three");
            assertThat(chronicle.knows("api")).isTrue();
            assertThat(chronicle.knows("ap")).isFalse();
        }
    }

    private static Selection selection(@Nullable Instant since, @Nullable Long after, @Nullable Integer last) {
        return new Selection(
                Optional.empty(),
                Optional.ofNullable(since),
                after == null ? OptionalLong.empty() : OptionalLong.of(after),
                last == null ? OptionalInt.empty() : OptionalInt.of(last));
    }

    @Test
    void whoFollowsIsToldAsItHappens() throws InterruptedException {
        Semaphore told = new Semaphore(0);
        try (Chronicle chronicle = open();
                ChronicleReader reader = chronicle.read(Selection.NEW, told::release)) {
            assertThat(reader.next()).isEmpty();
            chronicle.add(happened("web", "one"));
            assertThat(told.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
            assertThat(all(reader)).containsExactly("1 one");
            assertThat(reader.missed()).isZero();
        }
    }

    @Test
    void itKeepsToItsBoundsAndSaysHowMuchWasMissed() throws IOException {
        String long1000 = "x".repeat(1000);
        int number = 4000;
        try (Chronicle chronicle = open();
                ChronicleReader slow = chronicle.read(Selection.ALL, () -> {})) {
            for (int i = 0; i < number; i++) {
                chronicle.add(happened("web", long1000));
                if (i % 200 == 0) {
                    chronicle.flush();
                }
            }
            chronicle.flush();
            int shown = all(slow).size();
            assertThat(shown).isBetween(500, 1100);
            assertThat(slow.missed()).isEqualTo(number - shown);
            assertThat(slow.missed()).as("it is said once").isZero();
        }
        try (Chronicle chronicle = open()) {
            List<String> kept = read(chronicle, Selection.ALL);
            assertThat(kept).hasSizeBetween(500, 1100);
            assertThat(kept.get(kept.size() - 1)).startsWith(number + " ");
        }
        assertThat(Files.size(path)).isLessThanOrEqualTo(ChronicleFile.LARGEST);
        assertThat(Files.size(path.resolveSibling("c.sock.events.1"))).isLessThanOrEqualTo(ChronicleFile.LARGEST);
    }

    /** As on a disk that is full or gone. */
    @Test
    void whatCannotBeWrittenIsToldAllTheSameAndWarnedOfOnce() throws IOException {
        Path states = Files.createDirectory(folder.resolve("states"));
        path = states.resolve("c.sock.events");
        try (Chronicle chronicle = open()) {
            chronicle.add(happened("web", "one"));
            chronicle.flush();
            Files.move(states, folder.resolve("moved"));
            Files.createFile(states);
            chronicle.add(happened("web", "two"));
            chronicle.add(happened("web", "three"));
            assertThat(read(chronicle, Selection.ALL)).containsExactly("1 one", "2 two", "3 three");
            assertThat(warnings).singleElement().asString().startsWith("what happens can't be written to ");
            Files.delete(states);
            chronicle.add(happened("web", "four"));
            chronicle.flush();
        }
        assertThat(warnings).hasSize(2);
        assertThat(warnings.get(1)).endsWith(" again; 2 events are missing there");
        assertThat(Files.readString(path)).contains("four").doesNotContain("two");
    }

    @Test
    void aFileOfSomebodyElsesMakingIsNotRead() throws IOException {
        Path planted = folder.resolve("planted");
        Files.writeString(
                planted, "{\"number\":1,\"at\":\"2026-03-01T12:00:00Z\",\"what\":\"error\",\"text\":\"lies\"}\n");
        Files.createSymbolicLink(path, planted);
        try (Chronicle chronicle = open()) {
            chronicle.add(happened("web", "one"));
            assertThat(read(chronicle, Selection.ALL)).containsExactly("1 one");
        }
        assertThat(Files.readString(planted)).doesNotContain("one");
        assertThat(warnings)
                .hasSize(2)
                .allSatisfy(warning -> assertThat(warning).contains(path.toString()));
    }
}
