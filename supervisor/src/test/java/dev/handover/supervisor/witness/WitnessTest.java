package dev.handover.supervisor.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.linux.TcpFigures;
import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.EndedBy;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.EveryKind;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.OpenConnection;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SignalsTo;
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
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a drain's connections, against the real kernel: one server, and clients that each want something else. */
@Timeout(300)
class WitnessTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final WorkerId WORKER = new WorkerId(new ServiceName("web"), new GenerationId(1), 1);

    @TempDir
    Path folder;

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    /** Processes of workers that do not drain. */
    private final Set<Long> others = ConcurrentHashMap.newKeySet();

    private final List<Socket> clients = new ArrayList<>();
    private final Witness witness;
    private Process worker;
    private String clientHost = "127.0.0.1";
    private ListenAddress address;
    private Event.DrainWatched watched;

    WitnessTest() throws IOException {
        witness = new Witness(others::contains, events::add, warning -> {});
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

    /** @param form of the address, or mapped: IPv4 by an AF_INET6 socket */
    private void start(String mode, String form) throws Exception {
        assumeTrue(Files.isExecutable(PYTHON), "needs " + PYTHON);
        boolean mapped = form.equals("mapped");
        String where = mapped ? "tcp://127.0.0.1:PORT" : form;
        ListenAddress pattern = ListenAddress.parse(where.replace("PORT", "1"));
        String host = pattern.address().getHostAddress().equals("0:0:0:0:0:0:0:0")
                ? "::"
                : pattern.isIpv6() ? "::1" : "127.0.0.1";
        clientHost = host.equals("::1") ? host : "127.0.0.1";
        worker = new ProcessBuilder(
                        PYTHON.toString(),
                        "-I",
                        program(),
                        mapped ? "::ffff:" + host : host,
                        mode,
                        folder.resolve("go").toString())
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

    private void beginToWatch() {
        witness.watch(
                WORKER,
                worker.pid(),
                List.of(address),
                Optional.of(Signal.TERM),
                SignalsTo.MAIN,
                false,
                Optional.empty());
    }

    /** Begins to watch; returns once it is seen to hold so many. */
    private void watch(int open) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        do {
            beginToWatch();
            watched = next(Event.DrainWatched.class);
        } while (watched.open() != open && System.nanoTime() < deadline);
        assertThat(watched.open()).isEqualTo(open);
    }

    private <E extends Event> E next(Class<E> type) throws InterruptedException {
        while (true) {
            Event event = Objects.requireNonNull(events.poll(60, TimeUnit.SECONDS), "no " + type.getSimpleName());
            if (type.isInstance(event)) {
                return type.cast(event);
            }
        }
    }

    private void go() throws IOException {
        Files.createFile(folder.resolve("go"));
    }

    private long socketsOfTheWorker() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/" + worker.pid() + "/fd"))) {
            return all.filter(WitnessTest::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException closed) {
            return false;
        }
    }

    private DrainAccount term() throws Exception {
        worker.destroy();
        return ended(Duration.ofSeconds(60));
    }

    private DrainAccount ended(Duration patience) throws Exception {
        worker.waitFor();
        witness.conclude(WORKER, worker.pid(), EndedBy.ITSELF, patience);
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
        "exit, tcp://[::]:PORT?dual-stack",
        "exit, mapped"
    })
    void whoAskedAndGotNoAnswerWasCut(String mode, String where) throws Exception {
        start(mode, where);
        ask(3, "answer 1000");
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
        "finish, tcp://[::]:PORT?dual-stack",
        "finish, mapped"
    })
    void whoIsAnsweredWhileItDrainsIsFinished(String mode, String where) throws Exception {
        start(mode, where);
        ask(3, "answer end");
        watch(3);
        assertThat(watched.endsAtSignal()).isFalse();
        assertThat(term()).isEqualTo(account(3, 0, 0, 0)).matches(DrainAccount::showsNoCut);
    }

    @ParameterizedTest
    @CsvSource({"mortal, MAIN, false", "mortal, GROUP, true", "children, GROUP, false"})
    void whereAllOfAGroupAreSentASignalItIsWhoHoldsAConnectionThatMayNotEndAtIt(
            String mode, SignalsTo to, boolean endsAtSignal) throws Exception {
        start(mode);
        ask(2, "answer 20");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        do {
            witness.watch(
                    WORKER, worker.pid(), List.of(address), Optional.of(Signal.TERM), to, false, Optional.empty());
            watched = next(Event.DrainWatched.class);
        } while ((watched.open() != 2 || watched.endsAtSignal() != endsAtSignal) && System.nanoTime() < deadline);
        assertThat(watched.endsAtSignal()).isEqualTo(endsAtSignal);
        assertThat(watched.open()).isEqualTo(2);
    }

    @Test
    void whoIsKilledCutsAllThatWereAsked() throws Exception {
        start("finish");
        ask(2, "answer 1000");
        watch(2);
        worker.destroyForcibly();
        assertThat(ended(Duration.ZERO)).isEqualTo(account(0, 0, 0, 2));
    }

    @Test
    void ofWhatEndsBeforeItIsLookedAtNothingIsShown() throws Exception {
        start("exit");
        ask("answer 1000");
        worker.destroyForcibly().waitFor();
        beginToWatch();
        next(Event.DrainWatched.class);
        assertThat(ended(Duration.ofSeconds(60)).doubts())
                .singleElement()
                .asString()
                .contains("ended before all that it held had been looked at");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:PORT", "tcp://[::1]:PORT", "mapped"})
    void thoseThatHaveBeenOpenTheLongestAreToldOfWithWhatTheKernelShowsOfTheirAge(String where) throws Exception {
        start("finish", where);
        List<Socket> idle = List.of(keepAlive(), keepAlive(), keepAlive(), keepAlive());
        await().until(() -> longestSilence() >= 300);
        keepAlive();
        watch(5);

        Event.SeenConnections seen = next(Event.SeenConnections.class);
        assertThat(seen.open()).isEqualTo(5);
        assertThat(seen.oldest()).hasSize(OpenConnection.MOST).allSatisfy(one -> {
            assertThat(idle.stream().map(Socket::getLocalSocketAddress)).contains(one.peer());
            assertThat(one.atLeast()).isBetween(Duration.ofMillis(200), Duration.ofMinutes(2));
        });

        Socket first = idle.stream()
                .filter(one ->
                        one.getLocalSocketAddress().equals(seen.oldest().get(0).peer()))
                .findFirst()
                .orElseThrow();
        first.close();
        Event.SeenConnections then = next(Event.SeenConnections.class);
        assertThat(then.open()).isEqualTo(4);
        assertThat(then.oldest())
                .hasSize(OpenConnection.MOST)
                .extracting(OpenConnection::peer)
                .doesNotContain(seen.oldest().get(0).peer())
                .contains(seen.oldest().get(1).peer(), seen.oldest().get(2).peer());
    }

    @Test
    void whoIsKeptAliveAndIdleIsNotCut() throws Exception {
        start("finish");
        keepAlive();
        keepAlive();
        connect();
        ask("answer end");
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
        assertThat(account.unseen()).isEqualTo(2);
        assertThat(account.cut()).isZero();
        assertThat(account.doubts()).singleElement().asString().contains("2 idle connections ended by its exit alone");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10})
    void whoAsksAgainWithinATickOfTheAnswerIsCut(int answers) throws Exception {
        start("exit");
        for (int i = 0; i < 5; i++) {
            Socket client = connect();
            for (int round = 0; round < answers; round++) {
                client.getOutputStream().write("keep\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(client.getInputStream().readNBytes(9)).hasSize(9);
            }
            client.getOutputStream().write("answer 1000\n".getBytes(StandardCharsets.US_ASCII));
        }
        // What the kernel owes a client by itself, beside the first: nobody has answered the last.
        await().until(() -> figures().stream()
                        .filter(one -> one.segmentsOut() - one.dataSegmentsOut() > 1)
                        .count()
                == 5);
        watch(5);
        assertThat(term()).isEqualTo(account(0, 0, 0, 5));
    }

    private List<TcpFigures> figures() throws IOException {
        List<TcpFigures> all = new ArrayList<>();
        try (SockDiag sockets = new SockDiag()) {
            for (boolean ipv6 : List.of(false, true)) {
                sockets.connections(
                        ipv6, address.port(), Census.OPEN, row -> all.add(Objects.requireNonNull(row.figures())));
            }
        }
        return all;
    }

    @Test
    void halfAnAnswerThatTheExitEndsIsNotTakenForAWholeOne() throws Exception {
        start("leave");
        assertThat(ask("half").getInputStream().readNBytes(4)).asString().isEqualTo("answ");
        ask("answer go");
        watch(2);
        long told = longestSilence();
        await().until(() -> longestSilence() > told + 1500);
        go();
        DrainAccount account = term();
        assertThat(account.finished()).isEqualTo(1);
        assertThat(account.idle()).isZero();
        assertThat(account.unseen()).isEqualTo(1);
        assertThat(account.doubts()).singleElement().asString().contains("an answer that had stopped halfway");
    }

    private long longestSilence() throws IOException {
        return figures().stream().mapToLong(TcpFigures::sentAgo).max().orElse(0);
    }

    @Test
    void whatAProcessHasThatHasLeftTheWorkerIsInDoubt() throws Exception {
        start("gone");
        keepAlive();
        keepAlive();
        watch(0);
        DrainAccount account = term();
        assertThat(account.doubts())
                .singleElement()
                .asString()
                .contains("2 connections of the service in the hands of", "what becomes of them is not seen");
        assertThat(account.showsNoCut()).isFalse();
    }

    @Test
    void whatAWorkerThatDoesNotDrainHasIsInNoDoubt() throws Exception {
        start("children");
        others.add(worker.pid());
        keepAlive();
        Process draining = new ProcessBuilder("setsid", "sleep", "60").start();
        witness.watch(
                WORKER, draining.pid(), List.of(address), Optional.empty(), SignalsTo.MAIN, false, Optional.empty());
        assertThat(next(Event.DrainWatched.class).open()).isZero();
        draining.destroyForcibly().waitFor();
        witness.conclude(WORKER, draining.pid(), EndedBy.ITSELF, Duration.ofSeconds(60));
        assertThat(next(Event.Accounted.class).account()).isEqualTo(account(0, 0, 0, 0));
    }

    @Test
    void whoLeftWithAQuestionOpenWasNotCut() throws Exception {
        start("exit");
        Socket leaves = ask("answer 1000");
        Socket resets = ask("answer 1000");
        ask("answer 1000");
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
        Socket waits = ask("answer 1000");
        waits.shutdownOutput();
        watch(1);
        next(Event.SeenConnections.class);
        assertThat(term()).isEqualTo(account(0, 0, 0, 1));
    }

    @Test
    void whetherAClientWaitsIsKnownBeforeItsWorkerIsTold() throws Exception {
        start("exit");
        ask("answer 1000").shutdownOutput();
        ask("answer 1000").close();
        watch(2);
        assertThat(term()).isEqualTo(account(0, 0, 1, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit", "finish"})
    void aStreamThatIsOverLooksLikeOneThatWasCut(String mode) throws Exception {
        start(mode);
        Socket client = ask("stream");
        assertThat(client.getInputStream().readNBytes(140)).hasSize(140);
        watch(1);
        DrainAccount account = term();
        assertThat(account.unseen()).isEqualTo(1);
        assertThat(account.doubts()).singleElement().asString().contains("a stream");
        assertThat(account.showsNoCut()).isFalse();
    }

    @Test
    void muchThatTheExitCutsShortIsNotTakenForAWholeAnswer() throws Exception {
        start("leave");
        ask("bulk");
        ask("answer end");
        await().until(() -> figures().stream().anyMatch(one -> one.unacknowledged() > 100_000));
        watch(2);
        DrainAccount account = term();
        assertThat(account.finished()).isEqualTo(1);
        assertThat(account.unseen()).isEqualTo(1);
        assertThat(account.doubts()).singleElement().asString().contains("much was being sent");
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
    void whatTheWorkerResetsIsNotSeen() throws Exception {
        start("reset");
        ask("answer 1000");
        keepAlive();
        watch(2);
        DrainAccount account = term();
        assertThat(account.unseen()).isEqualTo(2);
        assertThat(account.doubts()).singleElement().asString().contains("2 connections ended by a reset");
        assertThat(account.showsNoCut()).isFalse();
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
        ask(3, "answer go");
        watch(3);
        // What it has accepted and not handed to a child yet would be cut.
        await().until(() -> socketsOfTheWorker() == 1);
        watch(3); // A child that was never seen can't be found when its parent is gone.
        worker.destroy();
        worker.waitFor();
        witness.conclude(WORKER, worker.pid(), EndedBy.ITSELF, Duration.ofSeconds(60));
        if (!mode.equals("apart")) {
            assertThat(next(Event.Lingers.class).open()).isEqualTo(3);
        }
        go();
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
    void whatGoesWrongWithOneDrainIsSaidAndLaterOnesAreWatched() throws Exception {
        start("children");
        List<String> said = new CopyOnWriteArrayList<>();
        AtomicBoolean failed = new AtomicBoolean();
        Consumer<Event> inbox = event -> {
            if (event instanceof Event.DrainWatched && failed.compareAndSet(false, true)) {
                throw new IllegalStateException("made up");
            }
            events.add(event);
        };
        try (Witness another = new Witness(pid -> false, inbox, said::add)) {
            Runnable begin = () -> another.watch(
                    WORKER, worker.pid(), List.of(address), Optional.empty(), SignalsTo.MAIN, false, Optional.empty());
            begin.run();
            assertThat(next(Event.NotWatched.class).reason()).contains("made up");
            assertThat(said).singleElement().asString().contains("made up");
            begin.run();
            assertThat(next(Event.DrainWatched.class).open()).isZero();
        }
    }

    @Test
    void whatLiesBetweenTwoProcessesIsOpen() throws Exception {
        start("passes");
        ask(3, "answer 0.1");
        // Once they are accepted: what waits in the queue is no worker's.
        long first;
        do {
            witness.watch(
                    WORKER, worker.pid(), List.of(address), Optional.empty(), SignalsTo.MAIN, false, Optional.empty());
            first = next(Event.SeenConnections.class).open();
        } while (first < 3);
        go();
        List<Long> open = new ArrayList<>(List.of(first));
        while (!open.contains(0L)) {
            open.add(next(Event.SeenConnections.class).open());
        }
        assertThat(open).startsWith(3L).doesNotContainSubsequence(0L, 1L);
        for (Socket client : clients) {
            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("answered\n");
        }
    }

    @Test
    void whatIsWatchedAsOneWorkersIsNotCountedAsItsSiblingsToo() throws Exception {
        start("passes");
        ask(3, "answer 0.1");
        do {
            witness.watch(
                    WORKER, worker.pid(), List.of(address), Optional.empty(), SignalsTo.MAIN, false, Optional.empty());
        } while (next(Event.SeenConnections.class).open() < 3);

        Process sibling = new ProcessBuilder("setsid", "sleep", "60").start();
        WorkerId second = new WorkerId(WORKER.service(), WORKER.generation(), 2);
        witness.watch(
                second, sibling.pid(), List.of(address), Optional.empty(), SignalsTo.MAIN, false, Optional.empty());
        assertThat(next(Event.DrainWatched.class).worker()).isEqualTo(second);
        sibling.destroyForcibly().waitFor();
        witness.conclude(second, sibling.pid(), EndedBy.ITSELF, Duration.ofSeconds(60));
        assertThat(next(Event.Accounted.class).account()).isEqualTo(account(0, 0, 0, 0));
    }
}
