package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A service under load whose new generation is warmed up, or is not to be. */
@Timeout(300)
class WarmUpTest {
    private static final int CLIENTS = 4;
    private static final int WORKERS = 2;
    private static final int REQUESTS = 200;

    @TempDir
    Path folder;

    /** An answer: of which generation, by which process, and how many requests of a warm-up that had before any client's. */
    private record Answer(Instant at, int generation, String pid, String warmUps) {}

    private String service(int port, int dies) throws IOException {
        Path program = folder.resolve("warm.py");
        try (InputStream source = Objects.requireNonNull(getClass().getResourceAsStream("warm.py"))) {
            Files.write(program, source.readAllBytes());
        }
        return """
                [services.web]
                command = ["python3", "%s", "%d", "${HANDOVER_GENERATION}", "%d"]
                listen = ["tcp://127.0.0.1:%d"]
                workers = %d
                ready = "listening"
                drain = "SIGTERM"
                warm-up = { http = "/", requests = %d }
                """.formatted(program, port, dies, port, WORKERS, REQUESTS);
    }

    private static Answer ask(int port) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: web\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            String[] words = reply.substring(reply.indexOf("\r\n\r\n") + 4).split(" ");
            return new Answer(Instant.now(), Integer.parseInt(words[0]), words[1], words[2]);
        }
    }

    /** Clients that ask again and again while a reload runs. */
    private static final class Load implements AutoCloseable {
        /** Between two requests of one: those who only want to be many leave no CPU to what is tested. */
        private static final long PACE_NANOS = Duration.ofMillis(2).toNanos();

        private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        private final List<Future<List<Answer>>> clients = new ArrayList<>();
        private volatile boolean over;

        Load(int port) {
            Callable<List<Answer>> client = () -> {
                List<Answer> answers = new ArrayList<>();
                while (!over) {
                    answers.add(ask(port));
                    LockSupport.parkNanos(PACE_NANOS);
                }
                return answers;
            };
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(threads.submit(client));
            }
        }

        /** Each client's answers, in order; none of its requests may have failed. */
        List<List<Answer>> end() throws Exception {
            over = true;
            List<List<Answer>> answers = new ArrayList<>();
            for (Future<List<Answer>> one : clients) {
                answers.add(one.get());
            }
            return answers;
        }

        @Override
        public void close() {
            over = true;
            threads.shutdownNow();
        }
    }

    private static List<Answer> askUntilAllHaveAnswered(int port) throws IOException {
        List<Answer> answers = new ArrayList<>();
        while (answers.stream().map(Answer::pid).distinct().count() < WORKERS) {
            answers.add(ask(port));
        }
        return answers;
    }

    /** When the log tells of something. */
    private static Instant told(Supervised supervised, String what) throws IOException {
        Matcher line = Pattern.compile("^(\\S+) \\S+ .*" + Pattern.quote(what), Pattern.MULTILINE)
                .matcher(supervised.log());
        assertThat(line.find()).as("'%s' in the log", what).isTrue();
        return Instant.parse(line.group(1));
    }

    @Test
    void eachNewWorkerHasHadItsRequestsBeforeItsFirstClientAndNobodyIsLost() throws Exception {
        int port = Supervised.freePort();
        try (Supervised supervised = Supervised.start(service(port, 0));
                Load load = new Load(port)) {
            List<Answer> before = askUntilAllHaveAnswered(port);
            Ran reload = supervised.ctl("reload");
            List<Answer> after = askUntilAllHaveAnswered(port);
            List<List<Answer>> answers = new ArrayList<>(load.end());
            answers.add(Stream.of(before, after).flatMap(List::stream).toList());
            assertThat(reload.exitCode()).as(reload.err() + supervised.log()).isZero();
            assertThat(reload.out())
                    .contains("web generation 2 is warm: 2 workers, 400 requests, 0 failed (warm up, ")
                    .contains("lossless, steered");

            Instant warm = told(supervised, "web generation 2: STARTING -> READY");
            Map<String, String> warmUps = new TreeMap<>();
            for (List<Answer> client : answers) {
                assertThat(client.stream().map(Answer::generation))
                        .as("generations")
                        .isSorted();
                for (Answer answer : client) {
                    warmUps.put(answer.generation() + " " + answer.pid(), answer.warmUps());
                    assertThat(answer.generation() == 1 || !answer.at().isBefore(warm))
                            .as("%s before the flip at %s", answer, warm)
                            .isTrue();
                }
            }
            assertThat(warmUps).hasSize(2 * WORKERS);
            warmUps.forEach((process, had) -> assertThat(had)
                    .as("warm-ups of %s", process)
                    .isEqualTo(process.startsWith("1 ") ? "0" : Integer.toString(REQUESTS)));
        }
    }

    @Test
    void aWorkerThatDiesOfItNeverMeetsAClient() throws Exception {
        int port = Supervised.freePort();
        try (Supervised supervised = Supervised.start(service(port, 20));
                Load load = new Load(port)) {
            Ran reload = supervised.ctl("reload");
            ask(port);
            List<List<Answer>> answers = load.end();
            assertThat(reload.exitCode()).as(reload.toString()).isEqualTo(1);
            assertThat(reload.out() + reload.err())
                    .contains("exited with 3", "generation 2 abandoned, generation 1 still serves");
            assertThat(answers.stream().flatMap(List::stream))
                    .isNotEmpty()
                    .allMatch(answer -> answer.generation() == 1);
        }
    }
}
