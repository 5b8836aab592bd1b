package dev.handover.supervisor.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.EveryKind;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a drain's connections, against the real kernel: one server, and clients that each want something else. */
@Timeout(30)
class WitnessTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final WorkerId WORKER = new WorkerId(new ServiceName("web"), new GenerationId(1), 1);

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final List<Socket> clients = new ArrayList<>();
    private final Witness witness;
    private Process worker;
    private String clientHost = "127.0.0.1";
    private ListenAddress address;
    private Event.DrainWatched watched;

    WitnessTest() throws IOException {
        witness = new Witness(events::add, warning -> {});
    }

    @AfterEach
    void close() throws Exception {
        for (Socket client : clients) {
            client.close();
        }
        witness.close();
        if (worker != null) {
            worker.descendants().forEach(ProcessHandle::destroyForcibly);
            worker.destroyForcibly().waitFor();
        }
    }

    private void start(String mode) throws Exception {
        start(mode, "tcp://127.0.0.1:PORT");
    }

    private void start(String mode, String where) throws Exception {
        assumeTrue(Files.isExecutable(PYTHON), "needs " + PYTHON);
        ListenAddress pattern = ListenAddress.parse(where.replace("PORT", "1"));
        String host = pattern.address().getHostAddress().equals("0:0:0:0:0:0:0:0")
                ? "::"
                : pattern.isIpv6() ? "::1" : "127.0.0.1";
        clientHost = host.equals("::1") ? host : "127.0.0.1";
        worker = new ProcessBuilder(PYTHON.toString(), "-I", program(), host, mode)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String port = Objects.requireNonNull(worker.inputReader().readLine(), "the worker ended");
        address = ListenAddress.parse(where.replace("PORT", port));
    }

    private static String program() throws URISyntaxException {
        return Path.of(Objects.requireNonNull(WitnessTest.class.getResource("worker.py"))
                        .toURI())
                .toString();
    }

    private Socket connect() throws IOException {
        Socket client = new Socket(clientHost, address.port());
        client.setTcpNoDelay(true);
        clients.add(client);
        return client;
    }

    private Socket ask(String what) throws IOException {
        Socket client = connect();
        client.getOutputStream().write((what + "\n").getBytes(StandardCharsets.US_ASCII));
        return client;
    }

    private void ask(int clients, String what) throws IOException {
        for (int i = 0; i < clients; i++) {
            ask(what);
        }
    }

    /** Asks, and has the answer. */
    private Socket keepAlive() throws IOException {
        Socket client = ask("keep");
        assertThat(client.getInputStream().readNBytes(9)).asString().isEqualTo("answered\n");
        return client;
    }

    /** Begins to watch; returns once it is seen to hold so many. */
    private void watch(int open) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        do {
            witness.watch(WORKER, worker.pid(), List.of(address), Optional.of(Signal.TERM), false);
            watched = next(Event.DrainWatched.class);
        } while (watched.open() != open && System.nanoTime() < deadline);
        assertThat(watched.open()).isEqualTo(open);
    }

    private <E extends Event> E next(Class<E> type) throws InterruptedException {
        while (true) {
            Event event = Objects.requireNonNull(events.poll(10, TimeUnit.SECONDS), "no " + type.getSimpleName());
            if (type.isInstance(event)) {
                return type.cast(event);
            }
        }
    }

    private DrainAccount term() throws Exception {
        worker.destroy();
        return ended(Duration.ofSeconds(10));
    }

    private DrainAccount ended(Duration patience) throws Exception {
        worker.waitFor();
        witness.conclude(WORKER, worker.pid(), false, patience);
        return next(Event.Accounted.class).account();
    }

    @Test
    void whatIsToBeWitnessedIsWitnessedWhateverItIs() throws Exception {
        for (Effect.OfWitness effect : EveryKind.of(Effect.OfWitness.class)) {
            assertThatCode(() -> witness.perform(effect)).doesNotThrowAnyException();
        }
        assertThat(next(Event.DrainWatched.class).open()).isZero();
        assertThat(next(Event.Accounted.class).account().finished()).isZero();
    }

    private static DrainAccount account(long finished, long idle, long left, long cut) {
        return new DrainAccount(finished, idle, left, cut, 0, 0, List.of());
    }

    @ParameterizedTest
    @CsvSource({
        "none, tcp://127.0.0.1:PORT",
        "exit, tcp://127.0.0.1:PORT",
        "exit, tcp://[::1]:PORT",
        "exit, tcp://[::]:PORT?dual-stack"
    })
    void whoAskedAndGotNoAnswerWasCut(String mode, String where) throws Exception {
        start(mode, where);
        ask(3, "answer 20");
        watch(3);
        assertThat(watched.endsAtSignal()).isEqualTo(mode.equals("none"));
        assertThat(watched.standsBetween()).isEmpty();
        assertThat(term()).isEqualTo(account(0, 0, 0, 3));
    }

    @ParameterizedTest
    @CsvSource({
        "finish, tcp://127.0.0.1:PORT",
        "reraise, tcp://127.0.0.1:PORT",
        "finish, tcp://[::1]:PORT",
        "finish, tcp://[::]:PORT?dual-stack"
    })
    void whoIsAnsweredWhileItDrainsIsFinished(String mode, String where) throws Exception {
        start(mode, where);
        ask(3, "answer 0.5");
        watch(3);
        assertThat(watched.endsAtSignal()).isFalse();
        assertThat(term()).isEqualTo(account(3, 0, 0, 0)).matches(DrainAccount::showsNoCut);
    }

    @Test
    void whoIsKilledCutsAllThatWereAsked() throws Exception {
        start("finish");
        ask(2, "answer 20");
        watch(2);
        worker.destroyForcibly();
        assertThat(ended(Duration.ZERO)).isEqualTo(account(0, 0, 0, 2));
    }

    @Test
    void ofWhatEndsBeforeItIsLookedAtNothingIsShown() throws Exception {
        start("exit");
        ask("answer 20");
        worker.destroyForcibly().waitFor();
        witness.watch(WORKER, worker.pid(), List.of(address), Optional.of(Signal.TERM), false);
        next(Event.DrainWatched.class);
        assertThat(ended(Duration.ofSeconds(10)).doubts())
                .singleElement()
                .asString()
                .contains("ended before all that it held had been looked at");
    }

    @Test
    void whoIsKeptAliveAndIdleIsNotCut() throws Exception {
        start("finish");
        keepAlive();
        keepAlive();
        connect();
        ask("answer 0.3");
        watch(4);
        assertThat(term()).isEqualTo(account(1, 3, 0, 0)).matches(DrainAccount::showsNoCut);
    }

    @Test
    void whereNothingButTheExitEndedIdleOnesNobodyKnowsWhetherTheyWereDoneWith() throws Exception {
        start("exit");
        keepAlive();
        keepAlive();
        watch(2);
        DrainAccount account = term();
        assertThat(account.idle()).isEqualTo(2);
        assertThat(account.cut()).isZero();
        assertThat(account.doubts()).singleElement().asString().contains("2 idle connections ended by its exit alone");
    }

    @Test
    void whoLeftWithAQuestionOpenWasNotCut() throws Exception {
        start("exit");
        Socket leaves = ask("answer 20");
        Socket resets = ask("answer 20");
        ask("answer 20");
        watch(3);
        leaves.close();
        resets.setSoLinger(true, 0);
        resets.close();
        // Seen by looks, which find a client that has ended its side, and none that has sent a reset.
        await().until(() ->
                events.stream().anyMatch(event -> event instanceof Event.SeenConnections seen && seen.open() == 2));
        assertThat(term()).isEqualTo(account(0, 0, 2, 1));
    }

    @Test
    void whoHasEndedItsSideAndWaitsForTheAnswerIsCut() throws Exception {
        start("exit");
        Socket waits = ask("answer 20");
        waits.shutdownOutput();
        watch(1);
        next(Event.SeenConnections.class);
        assertThat(term()).isEqualTo(account(0, 0, 0, 1));
    }

    @Test
    void whetherAClientWaitsIsKnownBeforeItsWorkerIsTold() throws Exception {
        start("exit");
        ask("answer 20").shutdownOutput();
        ask("answer 20").close();
        watch(2);
        assertThat(term()).isEqualTo(account(0, 0, 1, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit", "finish"})
    void aStreamThatIsOverLooksLikeOneThatWasCut(String mode) throws Exception {
        start(mode);
        Socket client = ask("stream 1");
        assertThat(client.getInputStream().readNBytes(140)).hasSize(140);
        watch(1);
        DrainAccount account = term();
        assertThat(account.unseen()).isEqualTo(1);
        assertThat(account.doubts()).singleElement().asString().contains("a stream");
        assertThat(account.showsNoCut()).isFalse();
    }

    @Test
    void whoOnlySendsIsCutByAnEnd() throws Exception {
        start("exit");
        Socket client = ask("sink");
        watch(1);
        client.getOutputStream().write("more\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(term()).isEqualTo(account(0, 0, 0, 1));
    }

    @Test
    void whoIsNotReadIsCutByTheReset() throws Exception {
        start("exit");
        Socket client = ask("deaf");
        client.getOutputStream().write(new byte[50_000]);
        watch(1);
        assertThat(term()).isEqualTo(account(0, 0, 0, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"children", "orphans", "apart"})
    void whatOtherProcessesOfItsSessionHoldIsWaitedFor(String mode) throws Exception {
        start(mode);
        ask(3, "answer 0.7");
        watch(3);
        worker.destroy();
        worker.waitFor();
        witness.conclude(WORKER, worker.pid(), false, Duration.ofSeconds(10));
        if (!mode.equals("apart")) {
            assertThat(next(Event.Lingers.class).open()).isEqualTo(3);
        }
        assertThat(next(Event.Accounted.class).account()).isEqualTo(account(3, 0, 0, 0));
    }

    @Test
    void whatLingersTooLongIsSaid() throws Exception {
        start("children");
        ask(1, "answer 20");
        watch(1);
        worker.destroy();
        DrainAccount account = ended(Duration.ofMillis(100));
        assertThat(account.unseen()).isEqualTo(1);
        assertThat(account.doubts()).singleElement().asString().contains("still open");
    }

    @Test
    void whatLiesBetweenTwoProcessesIsOpen() throws Exception {
        start("passes");
        ask(3, "answer 0.1");
        // Once they are accepted: what waits in the queue is no worker's.
        long first;
        do {
            witness.watch(WORKER, worker.pid(), List.of(address), Optional.empty(), false);
            first = next(Event.SeenConnections.class).open();
        } while (first < 3);
        List<Long> open = new ArrayList<>(List.of(first));
        while (!open.contains(0L)) {
            open.add(next(Event.SeenConnections.class).open());
        }
        assertThat(open).startsWith(3L).doesNotContainSubsequence(0L, 1L);
        for (Socket client : clients) {
            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("answered\n");
        }
    }
}
