package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.linux.KernelSince;
import dev.handover.supervisor.protocol.WorkerServer;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.WorkerId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process connects, ends, and leaves its connection to an accomplice; then the kernel gives its pid to a worker. */
@Timeout(300)
class ReusedPidTest {
    private static final Path LAST_PID = Path.of("/proc/sys/kernel/ns_last_pid");
    private static final WorkerId WORKER = new WorkerId(new ServiceName("web"), new GenerationId(1), 1);

    private static final String ACCOMPLICE = """
            import os, socket, sys, time
            link = socket.socket(socket.AF_UNIX)
            parent = os.getpid()
            first = os.fork()
            if first == 0:
                link.connect(sys.argv[1])
                os._exit(0)
            os.waitpid(first, 0)
            for _ in range(10000):
                with open("/proc/sys/kernel/ns_last_pid", "w") as last:
                    last.write(str(first - 1))
                second = os.fork()
                if second == 0:
                    while os.getppid() == parent:
                        time.sleep(0.05)
                    os._exit(0)
                if second == first:
                    break
                os.kill(second, 9)
                os.waitpid(second, 0)
            print(second if second == first else 0, flush=True)
            sys.stdin.readline()
            try:
                link.sendall(b"HELLO=1\\nREADY=1\\n")
                print(link.recv(100), flush=True)
            except OSError:
                print(b"", flush=True)
            """;

    @TempDir
    Path folder;

    private final Queue<Event> heard = new ConcurrentLinkedQueue<>();
    private final Queue<String> warnings = new ConcurrentLinkedQueue<>();

    @Test
    void whatHeSaidIsNotTakenForTheWorkers() throws Exception {
        assumeTrue(KernelSince.is(6, 5), "needs Linux 6.5 (SO_PEERPIDFD)");
        assumeTrue(choosesPids(), "needs to choose a pid (CAP_CHECKPOINT_RESTORE)");
        RunningWorkers running = new RunningWorkers(Memory.EMPTY);
        Path socket = folder.resolve("workers");
        try (WorkerServer server = new WorkerServer(socket, running, heard::add, () -> heard::add, warnings::add)) {
            assertThat(server).isNotNull();
            List<Process> started = new ArrayList<>();
            // As while a worker is started: nobody is looked up meanwhile, from before he connects.
            ProcessId worker = running.starting(WORKER, () -> {
                Process accomplice = accomplice(socket);
                started.add(accomplice);
                long reused = pid(accomplice.inputReader(StandardCharsets.UTF_8));
                if (reused <= 1) {
                    accomplice.destroy();
                }
                assumeTrue(reused > 1, "the pid went to somebody else each time");
                return new ProcessId(reused, 1);
            });
            Process accomplice = started.get(0);
            try (BufferedReader said = accomplice.inputReader(StandardCharsets.UTF_8)) {
                assertThat(worker.pid()).isGreaterThan(1);
                accomplice.getOutputStream().write('\n');
                accomplice.getOutputStream().flush();
                await().until(() -> !warnings.isEmpty());
                assertThat(said.readLine()).isEqualTo("b''");
            } finally {
                accomplice.getOutputStream().close();
            }
            assertThat(heard).isEmpty();
            assertThat(warnings).singleElement().asString().contains("its pid is that of web/g1/w1 now");
        }
    }

    /** Root in a container may be refused what the file's mode allows. */
    private static boolean choosesPids() {
        try {
            Files.writeString(LAST_PID, Files.readString(LAST_PID), StandardOpenOption.WRITE);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    private static Process accomplice(Path socket) {
        try {
            return new ProcessBuilder("python3", "-c", ACCOMPLICE, socket.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long pid(BufferedReader said) {
        try {
            return Long.parseLong(String.valueOf(said.readLine()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
