package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.LogSpec;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ServiceLogsTest {
    private static final ServiceName WEB = new ServiceName("web");
    private static final WorkerId OLD = new WorkerId(WEB, new GenerationId(7), 1);
    private static final WorkerId NEW = new WorkerId(WEB, new GenerationId(8), 1);

    @TempDir
    Path folder;

    private final BlockingQueue<String> troubles = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
    private final ServiceLogs logs = new ServiceLogs(troubles::add, news::add);
    private Path path;

    @BeforeEach
    void nameFile() {
        path = folder.resolve("web.log");
    }

    @AfterEach
    void nothingIsLeft() {
        logs.close();
        assertThat(troubles).isEmpty();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("log of web");
    }

    private LogSpec unlimited() {
        return new LogSpec(path, OptionalLong.empty(), 1, false, false);
    }

    private LogSpec ofOneKib(int keep) {
        return new LogSpec(path, OptionalLong.of(1024), keep, false, false);
    }

    private WorkerLog open(WorkerId worker, LogSpec spec) {
        return logs.of(worker, spec).orElseThrow();
    }

    private static void write(WorkerLog log, String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        log.take(bytes, bytes.length, true);
    }

    private static void awaitText(Path file, String text) {
        await().untilAsserted(() -> assertThat(file).content().isEqualTo(text));
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.readAllLines(file);
    }

    @Test
    void twoGenerationsShareOneFileAndTheLastOneCloses() {
        WorkerLog old = open(OLD, unlimited());
        WorkerLog fresh = open(NEW, unlimited());
        write(old, "one");
        write(fresh, "two");
        old.close();
        write(fresh, "three");
        awaitText(path, "one\ntwo\nthree\n");
        assertThat(logs.standing()).hasEntrySatisfying(WEB, standing -> {
            assertThat(standing.file()).isEqualTo(path);
            assertThat(standing.trouble()).isEmpty();
        });
        fresh.close();
        await().until(() -> logs.standing().isEmpty());
        WorkerLog again = open(NEW, unlimited());
        write(again, "four");
        again.close();
        awaitText(path, "one\ntwo\nthree\nfour\n");
    }

    @Test
    void aPrefixTellsTheTimeAndTheWorker() {
        WorkerLog log = open(NEW, new LogSpec(path, OptionalLong.empty(), 1, true, false));
        log.take("he".getBytes(StandardCharsets.UTF_8), 2, false);
        write(log, "llo");
        await().untilAsserted(() -> assertThat(path).content().matches("\\d{4}-\\d\\d-\\d\\dT\\S+ web/g8/w1: hello\n"));
    }

    @Test
    void aLineOfAnyLengthIsCutWhereItIsLongerThanAnyoneReads() throws Exception {
        WorkerLog log = open(NEW, unlimited());
        byte[] part = "x".repeat(OutputLines.LONGEST).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 10; i++) {
            log.take(part, part.length, i == 9);
        }
        log.close();
        await().until(() -> logs.standing().isEmpty());
        assertThat(lines(path)).hasSize(2);
        assertThat(lines(path).get(0)).endsWith("x…");
        assertThat(lines(path).get(1)).startsWith("…x").endsWith("x");
    }

    @Test
    void aFileThatIsLargeEnoughIsKeptUnderItsNumberAndNoLineIsSplitOrLost() throws Exception {
        WorkerLog log = open(NEW, ofOneKib(3));
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 36; i++) {
            all.add(i + " " + "x".repeat(97));
            write(log, all.get(i));
        }
        write(log, "y".repeat(5000)); // alone in its file: it is longer than that may be
        log.close();
        await().until(() -> logs.standing().isEmpty());
        assertThat(lines(path)).containsExactly("y".repeat(5000));
        List<String> kept = new ArrayList<>();
        for (int number = 3; number >= 1; number--) {
            Path earlier = folder.resolve("web.log." + number);
            assertThat(Files.size(earlier)).isLessThanOrEqualTo(1024);
            kept.addAll(lines(earlier));
        }
        assertThat(folder.resolve("web.log.4")).doesNotExist();
        assertThat(all).endsWith(kept.toArray(new String[0]));
        assertThat(kept).hasSizeGreaterThan(20);
    }

    @Test
    void whatWasThereBeforeCountsAndATruncatedFileIsNotRotated() throws Exception {
        Files.writeString(path, "x".repeat(1000) + "\n");
        WorkerLog log = open(NEW, ofOneKib(1));
        write(log, "small");
        awaitText(path, "x".repeat(1000) + "\nsmall\n");
        Files.writeString(path, "");
        write(log, "y".repeat(100));
        awaitText(path, "y".repeat(100) + "\n");
        assertThat(folder.resolve("web.log.1")).doesNotExist();
    }

    @Test
    void aFileThatWasMovedIsWrittenUntilItIsOpenedAnew() throws Exception {
        WorkerLog log = open(NEW, unlimited());
        write(log, "one");
        awaitText(path, "one\n");
        Path moved = Files.move(path, folder.resolve("moved"));
        write(log, "two");
        awaitText(moved, "one\ntwo\n");
        assertThat(logs.reopen()).isEqualTo(1);
        await().until(() -> Files.exists(path));
        write(log, "three");
        awaitText(path, "three\n");
        assertThat(moved).content().isEqualTo("one\ntwo\n");
    }

    @Test
    void aFileThatWasMovedIsNotRotatedOverWhatIsInItsPlace() throws Exception {
        WorkerLog log = open(NEW, ofOneKib(1));
        write(log, "x".repeat(1000));
        awaitText(path, "x".repeat(1000) + "\n");
        Files.move(path, folder.resolve("moved"));
        Files.writeString(path, "by another\n");
        write(log, "y".repeat(100));
        awaitText(path, "by another\n" + "y".repeat(100) + "\n");
        assertThat(folder.resolve("web.log.1")).doesNotExist();
    }

    @Test
    void whatCanNotBeWrittenWaitsAndIsThereOnceItCan() throws Exception {
        path = folder.resolve("gone/web.log");
        WorkerLog log = open(NEW, unlimited());
        write(log, "one");
        String why = "can't be written: there is no folder " + folder.resolve("gone");
        assertThat(troubles.take())
                .isEqualTo("the log " + path + " of web " + why
                        + "; that is tried again each second, and what is beyond 1 MiB is left out meanwhile");
        assertThat(logs.standing().get(WEB).trouble()).contains(why);
        Files.createDirectory(path.getParent());
        awaitText(path, "one\n");
        assertThat(news.take()).isEqualTo("the log " + path + " of web is as it should be again");
        assertThat(logs.standing().get(WEB).trouble()).isEmpty();
    }

    @Test
    void whatIsBeyondTheQueueIsLeftOutCountedAndToldInItsPlace() throws Exception {
        path = folder.resolve("gone/web.log");
        WorkerLog log = open(NEW, unlimited());
        String line = "x".repeat(1023);
        write(log, line);
        assertThat(troubles.take()).contains("there is no folder");
        for (int i = 1; i < 1030; i++) {
            write(log, line);
        }
        assertThat(log.isFull()).isTrue();
        assertThat(troubles.take()).endsWith(": 1024 bytes not logged: there is no folder " + folder.resolve("gone"));
        Files.createDirectory(path.getParent());
        await().until(() -> !log.isFull());
        write(log, "after");
        log.close();
        await().until(() -> logs.standing().isEmpty());
        assertThat(lines(path)).hasSize(1026).endsWith("after");
        assertThat(lines(path).get(1024))
                .endsWith(" supervisor: 6144 bytes not logged: there is no folder " + folder.resolve("gone"));
        assertThat(troubles.take()).contains(": 5120 bytes not logged: ");
    }

    @Test
    void whatWaitsForManyFilesIsLimitedTogetherAndEachHasAShare() throws Exception {
        List<WorkerLog> all = new ArrayList<>();
        String line = "x".repeat(9);
        int most = (int) (LogFile.QUEUED_BYTES_OF_ALL / 58);
        for (int service = 0; service < 4; service++) {
            path = folder.resolve("gone/" + service);
            all.add(open(new WorkerId(new ServiceName("s" + service), new GenerationId(1), 1), unlimited()));
            for (int i = 0; i < most / 3 && !all.get(service).isFull(); i++) {
                write(all.get(service), line);
            }
        }
        assertThat(all.get(2).isFull())
                .as("it takes 1 MB of lines that are few bytes each")
                .isFalse();
        assertThat(all.get(3).isFull()).as("less is left for it").isTrue();
        path = folder.resolve("web.log");
        WorkerLog web = open(NEW, unlimited());
        write(web, "a".repeat(60_000));
        awaitText(path, "a".repeat(60_000) + "\n");
        all.forEach(WorkerLog::close);
        web.close();
        logs.close();
        troubles.clear();
    }

    @Test
    void aRotationThatIsRefusedLosesNothing() throws Exception {
        Files.createDirectories(folder.resolve("web.log.1/in the way"));
        WorkerLog log = open(NEW, ofOneKib(1));
        write(log, "x".repeat(1000));
        write(log, "y".repeat(1000));
        awaitText(path, "x".repeat(1000) + "\n" + "y".repeat(1000) + "\n");
        assertThat(troubles.take())
                .contains(" can't be rotated: ")
                .endsWith("; that is tried again each second, and it grows meanwhile");
        Files.delete(folder.resolve("web.log.1/in the way"));
        Files.delete(folder.resolve("web.log.1"));
        await().untilAsserted(() -> {
            write(log, "z");
            assertThat(folder.resolve("web.log.1")).isRegularFile();
        });
        assertThat(news.take()).endsWith(" is as it should be again");
    }

    @Test
    void nobodyWaitsForAFileThatCanNotBeWrittenWhenTheSupervisorEnds() throws Exception {
        path = folder.resolve("gone/web.log");
        WorkerLog log = open(NEW, unlimited());
        write(log, "one");
        assertThat(troubles.take()).contains("there is no folder");
        logs.close();
        assertThat(troubles.take()).endsWith(": 4 bytes not logged: there is no folder " + folder.resolve("gone"));
    }
}
