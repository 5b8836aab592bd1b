package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.linux.ExitWatch;
import dev.handover.supervisor.linux.Fifo;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.EnvironmentFile;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.LogSpec;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ProcessSettings;
import dev.handover.supervisor.terms.ReadyWhen;
import dev.handover.supervisor.terms.RestartSpec;
import dev.handover.supervisor.terms.ReuseportBy;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SignalsTo;
import dev.handover.supervisor.terms.StartShare;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class WorkerProcessesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final WorkerId WORKER = new WorkerId(new ServiceName("web"), new GenerationId(7), 2);

    @TempDir
    Path folder;

    private final BlockingQueue<Event> inbox = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final RecentOutput recent = new RecentOutput();
    private final BlockingQueue<String> warnings = new LinkedBlockingQueue<>();
    private ExitWatch exits;
    private ServiceLogs logs;
    private WorkerOutput output;
    private OutputKeeper keeper;
    private WorkerProcesses processes;

    @BeforeEach
    void open() throws IOException {
        exits = new ExitWatch();
        logs = new ServiceLogs(warnings::add, warnings::add);
        output = new WorkerOutput(folder.resolve("out"), (worker, line) -> said.add(line), recent, logs, warnings::add);
        keeper = new OutputKeeper(folder.resolve("out"), exits, warnings::add);
        processes = new WorkerProcesses(
                new RunningWorkers(Memory.EMPTY),
                output,
                keeper,
                new NoPlaces(folder),
                account -> folder.resolve("workers"),
                WorkerCgroups.none(warnings::add),
                exits,
                pid -> CompletableFuture.completedFuture(null),
                pid -> {},
                inbox::add,
                warnings::add);
    }

    @AfterEach
    void close() throws IOException {
        processes.close();
        keeper.close();
        output.close();
        logs.close();
        exits.close();
        assertThat(warnings).isEmpty();
    }

    @Test
    void pipeOfAWorkerThatEndedUnseenIsRemovedUnlessSomebodyWritesToIt() throws IOException {
        Path left = folder.resolve("out/web-g6-w1.out");
        Path used = folder.resolve("out/web-g6-w2.out");
        Fifo.create(left).close();
        try (Fifo worker = Fifo.create(used)) {
            output.clear(Memory.EMPTY);
            assertThat(left).doesNotExist();
            assertThat(worker.path()).exists();
        }
        output.clear(Memory.EMPTY);
        assertThat(used).doesNotExist();
    }

    private void start(String... command) {
        processes.perform(new Effect.StartWorker(WORKER, spec(folder, command)));
    }

    private static ServiceSpec spec(Path directory, String... command) {
        return spec(directory, List.of(), command);
    }

    private static ServiceSpec spec(Path directory, List<EnvironmentFile> files, String... command) {
        return spec(directory, files, ProcessSettings.INHERITED, command);
    }

    private static ServiceSpec spec(
            Path directory, List<EnvironmentFile> files, ProcessSettings settings, String... command) {
        return new ServiceSpec(
                WORKER.service(),
                true,
                List.of(),
                List.of(command),
                directory,
                files,
                Map.of(),
                settings,
                List.of(),
                ReuseportBy.PROGRAM,
                2,
                ReadyWhen.NOTIFIED,
                SECOND,
                new DrainBy.Protocol(),
                Signal.TERM,
                SignalsTo.MAIN,
                Moving.STEERED,
                SECOND,
                Optional.empty(),
                Optional.empty(),
                2,
                Optional.empty(),
                SECOND,
                SECOND,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                RestartSpec.DEFAULT,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private ProcessId started() throws InterruptedException {
        return ((Event.Started) inbox.take()).process();
    }

    @Test
    void aWorkerIsStartedSignalledSeenToEndAndForgotten() throws Exception {
        start("sh", "-c", "echo here; pwd; exec sleep 100");
        ProcessId process = started();
        assertThat(said.take()).isEqualTo("here");
        assertThat(said.take()).isEqualTo(folder.toString());
        processes.perform(new Effect.SendSignal(WORKER, process, Signal.QUIT, SignalsTo.MAIN));
        assertThat(inbox.take())
                .isEqualTo(new Event.Exited(
                        WORKER, process.pid(), new Exit.Killed("SIGQUIT", false), List.of("here", folder.toString())));
        assertThat(Processes.stat(process.pid()))
                .as("until it is forgotten its pid is its own")
                .isPresent();
        processes.perform(new Effect.Forget(WORKER, process));
        await().untilAsserted(() -> assertThat(Processes.stat(process.pid())).isEmpty());
    }

    @Test
    void aSignalToTheGroupReachesThoseThatTheWorkerHasStarted() throws Exception {
        start("sh", "-c", "sh -c 'trap \"echo told; exit\" TERM; echo here; sleep 100 & wait' & exec sleep 100");
        ProcessId process = started();
        assertThat(said.take()).isEqualTo("here");
        processes.perform(new Effect.SendSignal(WORKER, process, Signal.TERM, SignalsTo.GROUP));
        await().until(() -> said.contains("told"));
        assertThat(((Event.Exited) inbox.take()).exit()).isEqualTo(new Exit.Killed("SIGTERM", false));
        processes.perform(new Effect.SendSignal(WORKER, process, Signal.TERM, SignalsTo.GROUP));
        processes.perform(new Effect.Forget(WORKER, process));
    }

    @Test
    void aSignalThatPeopleSendReachesAWorkerThatRunsAndNobodyInItsPlace() throws Exception {
        start("sh", "-c", "trap 'echo told; exit 0' USR1; echo here; while :; do sleep 0.05; done");
        ProcessId process = started();
        assertThat(said.take()).isEqualTo("here");
        ProcessId another = new ProcessId(process.pid(), process.startTicks() + 1);
        assertThat(processes.pass(another, Signal.USR1, SignalsTo.MAIN))
                .as("of another process that had this pid")
                .contains("it has ended");
        assertThat(processes.pass(process, Signal.USR1, SignalsTo.MAIN)).isEmpty();
        assertThat(said.take()).isEqualTo("told");
        assertThat(((Event.Exited) inbox.take()).exit()).isEqualTo(new Exit.Code(0));
        assertThat(processes.pass(process, Signal.USR1, SignalsTo.GROUP))
                .as("of one that is not reaped")
                .contains("it has ended");
        processes.perform(new Effect.Forget(WORKER, process));
        assertThat(processes.pass(process, Signal.USR1, SignalsTo.MAIN)).contains("it has ended");
    }

    @Test
    void killEndsThoseToWhomTheWorkerGaveSessionsOfTheirOwn() throws Exception {
        start("sh", "-c", "setsid sh -c \"setsid sh -c 'echo \\$\\$; exec sleep 100' & echo \\$\\$; wait\" & wait");
        ProcessId process = started();
        List<Long> others = List.of(Long.parseLong(said.take()), Long.parseLong(said.take()));
        assertThat(others).allMatch(other -> Processes.stat(other).orElseThrow().session() == other);
        processes.perform(new Effect.SendSignal(WORKER, process, Signal.KILL, SignalsTo.MAIN));
        assertThat(((Event.Exited) inbox.take()).exit()).isEqualTo(new Exit.Killed("SIGKILL", false));
        await().until(() -> others.stream().allMatch(Processes::hasEnded));
        processes.perform(new Effect.Forget(WORKER, process));
    }

    @Test
    void aRealTimeSignalIsSentAndTheEndThatItMadeToldByItsName() throws Exception {
        Signal signal = Signal.named("RTMIN+3");
        start("sh", "-c", "echo here; exec sleep 100");
        ProcessId process = started();
        said.take();
        processes.perform(new Effect.SendSignal(WORKER, process, signal, SignalsTo.MAIN));
        assertThat(((Event.Exited) inbox.take()).exit()).isEqualTo(new Exit.Killed("SIGRTMIN+3", false));
        processes.perform(new Effect.Forget(WORKER, process));
    }

    @Test
    void whatIsLeftOfADeadWorkersGroupIsEnded() throws Exception {
        start("sh", "-c", "sleep 100 & echo $!; exit 3");
        ProcessId process = started();
        long left = Long.parseLong(said.take());
        assertThat(((Event.Exited) inbox.take()).exit()).isEqualTo(new Exit.Code(3));
        assertThat(Processes.hasEnded(left)).isFalse();
        processes.perform(new Effect.Forget(WORKER, process));
        await().until(() -> Processes.hasEnded(left));
    }

    @Test
    void whatAWorkerWritesGoesToItsLogFileAsItIsAndItsLastLinesAreKept() throws Exception {
        Path file = folder.resolve("web.log");
        LogSpec log = new LogSpec(file, OptionalLong.empty(), 1, false, false);
        ProcessSettings settings = new ProcessSettings(
                OptionalInt.empty(),
                OptionalInt.empty(),
                StartShare.FULL,
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(log));
        String script = "printf 'a\\tb\\n\\377\\n'; printf '%020000d\\n' 7 >&2; printf end; exit 3";
        processes.perform(new Effect.StartWorker(WORKER, spec(folder, List.of(), settings, "sh", "-c", script)));
        ProcessId process = started();
        assertThat(((Event.Exited) inbox.take()).lastLines())
                .hasSize(6)
                .startsWith("a    b")
                .endsWith("end");
        String expected = "a\tb\n\u00ff\n" + "0".repeat(19_999) + "7\nend\n";
        await().untilAsserted(() ->
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).isEqualTo(expected));
        assertThat(said).as("the supervisor's log").isEmpty();
        assertThat(recent.of(WORKER.service()).all())
                .extracting(OutputLine::text)
                .startsWith("a    b")
                .endsWith("end");
        processes.perform(new Effect.Forget(WORKER, process));
    }

    @Test
    void aStartThatFailsSaysWhy() throws Exception {
        start("no-such-program");
        assertThat(inbox.take())
                .isEqualTo(new Event.NotStarted(WORKER, "there is no program 'no-such-program' on PATH"));
        start("./missing");
        assertThat(inbox.take())
                .isEqualTo(
                        new Event.NotStarted(WORKER, "there is no file " + folder.resolve("./missing") + " (ENOENT)"));
        Path gone = folder.resolve("gone");
        processes.perform(new Effect.StartWorker(WORKER, spec(gone, "sh")));
        assertThat(inbox.take()).isEqualTo(new Event.NotStarted(WORKER, "there is no folder " + gone));
        EnvironmentFile unread = EnvironmentFile.unusable(folder.resolve("a.env"), "there is no file a.env");
        processes.perform(new Effect.StartWorker(WORKER, spec(folder, List.of(unread), "sh")));
        assertThat(inbox.take())
                .isEqualTo(new Event.NotStarted(WORKER, "there is no file a.env; supervisorctl reload reads it again"));
        assertThat(folder.resolve("out")).isDirectoryNotContaining("glob:**.out");
    }
}
