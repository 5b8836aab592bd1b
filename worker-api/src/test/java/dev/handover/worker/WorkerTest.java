package dev.handover.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class WorkerTest {
    private static final String ANY_PORT = "tcp://127.0.0.1:0";

    @TempDir
    Path folder;

    @Test
    void withoutASupervisorEverythingWorksAndTellsNobody() throws Exception {
        try (Worker worker = new Worker(Map.of());
                TcpListener listener = worker.listen(ANY_PORT);
                Socket client = new Socket("127.0.0.1", listener.localAddress().getPort());
                Connection accepted = listener.accept()) {
            worker.ready();
            worker.status("by hand");
            assertThat(worker.isSupervised()).isFalse();
            assertThat(worker.name()).isEqualTo("unsupervised");
            assertThat(worker.declared()).isEmpty();
            assertThat(worker.isDraining()).isFalse();
            assertThat(worker.timeLeft().toMillis()).isPositive();
            assertThat(accepted.channel().getRemoteAddress()).isEqualTo(client.getLocalSocketAddress());
        }
    }

    @Test
    void aWorkerTellsHowItStands() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                Worker worker = new Worker(supervisor.environment(ANY_PORT))) {
            supervisor.greet();
            assertThat(worker.isSupervised()).isTrue();
            assertThat(worker.name()).isEqualTo("web/g7/w1");
            worker.ready();
            assertThat(supervisor.hear()).isEqualTo("READY=1");
            assertThat(supervisor.hear()).isEqualTo("CONNECTIONS=0");
            worker.status("warm");
            assertThat(supervisor.hear()).isEqualTo("STATUS=warm");
            worker.countConnections(() -> 12);
            assertThat(supervisor.hear()).isEqualTo("CONNECTIONS=12");
        }
    }

    @Test
    void everyConnectionIsCountedOnceInAndOnceOut() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                Worker worker = new Worker(supervisor.environment(ANY_PORT));
                TcpListener listener = worker.listen("unused");
                Socket client = new Socket("127.0.0.1", listener.localAddress().getPort())) {
            assertThat(client.isConnected()).isTrue();
            Connection accepted = listener.accept();
            supervisor.greet();
            assertThat(supervisor.hear()).isEqualTo("CONNECTIONS=1");
            accepted.close();
            accepted.close();
            assertThat(supervisor.hear()).isEqualTo("CONNECTIONS=0");
        }
    }

    @Test
    void anUnknownKeyIsAnsweredAndTheConnectionStays() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                Worker worker = new Worker(supervisor.environment(""))) {
            supervisor.greet().say("COLOUR=red");
            assertThat(supervisor.hear()).isEqualTo("ERROR=COLOUR: unknown key");
            worker.status("still here");
            assertThat(supervisor.hear()).isEqualTo("STATUS=still here");
        }
    }

    @Test
    void aLineThatIsTooLongIsAnsweredAndEndsTheConnectionForAFreshOne() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                Worker worker = new Worker(supervisor.environment(""))) {
            supervisor.greet().sayBytes("X".repeat(4096).getBytes(UTF_8));
            assertThat(supervisor.hear()).startsWith("ERROR=").contains("4096 bytes");
            assertThat(supervisor.hear()).isEqualTo("END");
            supervisor.greet();
            worker.ready();
            assertThat(supervisor.hear()).isEqualTo("READY=1");
        }
    }

    @Test
    void aWorkerServesOnWithoutItsSupervisorAndRepeatsWhatHoldsWhenItIsBack() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                Worker worker = new Worker(supervisor.environment(ANY_PORT));
                TcpListener listener = worker.listen("unused")) {
            supervisor.greet();
            worker.ready();
            worker.status("warm");
            supervisor.hearUpTo("STATUS=warm");
            supervisor.die();
            try (Socket client = new Socket("127.0.0.1", listener.localAddress().getPort());
                    Connection accepted = listener.accept()) {
                assertThat(client.isConnected() && accepted != null).isTrue();
                supervisor.listen();
                supervisor.greet();
                assertThat(supervisor.hearUpTo("CONNECTIONS=1"))
                        .containsExactly("READY=1", "STATUS=warm", "CONNECTIONS=1");
            }
        }
    }

    @Test
    void aSupervisorThatIsNotThereIsNoErrorOfTheApplications() throws Exception {
        Map<String, String> nobody =
                Map.of("HANDOVER_SOCKET", folder.resolve("x".repeat(200)).toString());
        try (Worker worker = new Worker(nobody);
                TcpListener listener = worker.listen(ANY_PORT)) {
            worker.ready();
            assertThat(listener.isOpen()).isTrue();
        }
    }

    @Test
    void aHeartbeatStopsWhileTheApplicationIsNotAlive() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder)) {
            Map<String, String> variables = new java.util.HashMap<>(supervisor.environment(""));
            variables.put("WATCHDOG_USEC", "20000");
            try (Worker worker = new Worker(variables)) {
                supervisor.greet();
                assertThat(supervisor.hear()).isEqualTo("HEARTBEAT=1");
                CountDownLatch asked = new CountDownLatch(3);
                worker.aliveWhile(() -> {
                    asked.countDown();
                    throw new IllegalStateException("stuck");
                });
                asked.await();
                worker.status("stuck");
                supervisor.hearUpTo("STATUS=stuck");
                worker.aliveWhile(() -> true);
                assertThat(supervisor.hear()).isEqualTo("HEARTBEAT=1");
            }
        }
    }

    @Test
    void aDrainTellsTheApplicationItsDeadline() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                Worker worker = new Worker(supervisor.environment(""))) {
            AtomicReference<Duration> told = new AtomicReference<>();
            worker.onDrain(told::set);
            supervisor.greet().say("DRAIN=60000");
            await().until(() -> told.get() != null);
            assertThat(told.get()).isEqualTo(Duration.ofSeconds(60));
            assertThat(worker.isDraining()).isTrue();
            assertThat(worker.timeLeft()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(60));
            AtomicReference<Duration> late = new AtomicReference<>();
            worker.onDrain(late::set);
            await().until(() -> late.get() != null);
        }
    }

    @Test
    void aDrainWhoseTimeIsOverIsFinishedButNotDone() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder)) {
            try (Worker worker = new Worker(supervisor.environment(""))) {
                worker.countConnections(() -> 2);
                supervisor.greet().say("DRAIN=0");
                supervisor.hearUpTo("DRAINING=1");
                assertThat(worker.awaitFinished()).isFalse();
            }
            assertThat(supervisor.hearUpTo("END")).containsExactly("CONNECTIONS=2", "END");
        }
    }

    @Test
    void ipv6OnlyIsRefusedBecauseJavaCannotDoIt() throws Exception {
        try (Worker worker = new Worker(Map.of())) {
            assertThatIOException()
                    .isThrownBy(() -> worker.listen(ListenAddress.parse("tcp://[::]:8080")))
                    .withMessageContaining("tcp://[::]:8080?dual-stack");
            assertThatIOException()
                    .isThrownBy(() -> worker.bind(ListenAddress.parse("udp://[::]:8080")))
                    .withMessageContaining("udp://[::]:8080?dual-stack");
        }
    }

    @Test
    void listenersOfOneAddressShareIt() throws Exception {
        try (Worker worker = new Worker(Map.of());
                TcpListener first = worker.listen(ANY_PORT);
                TcpListener second =
                        worker.listen("tcp://127.0.0.1:" + first.localAddress().getPort())) {
            assertThat(second.channel().getOption(StandardSocketOptions.SO_REUSEPORT))
                    .isTrue();
            assertThat(second.localAddress()).isEqualTo(first.localAddress());
        }
    }

    @Test
    void anAddressThatIsTakenIsNamedInTheError() throws Exception {
        try (Worker worker = new Worker(Map.of());
                java.net.ServerSocket other =
                        new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            String address = "tcp://127.0.0.1:" + other.getLocalPort();
            assertThatIOException()
                    .isThrownBy(() -> worker.listen(address))
                    .withMessageContaining(address)
                    .withMessageContaining("in use");
        }
    }

    @Test
    void anEnvironmentOfAnotherFormIsRefused() throws IOException {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Worker(supervisor.environment("tcp://here:80")))
                    .withMessageContaining("HANDOVER_LISTEN")
                    .withMessageContaining("tcp://here:80");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Worker(Map.of("HANDOVER_SOCKET", "/s", "WATCHDOG_USEC", "soon")))
                    .withMessageContaining("WATCHDOG_USEC");
        }
    }

    @Test
    void aProgramOfOneListenerSaysWhenSeveralAreDeclared() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                Worker worker = new Worker(supervisor.environment("tcp://127.0.0.1:1 udp://[::]:2?dual-stack"))) {
            assertThat(worker.declared()).hasSize(2);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> worker.listen(ANY_PORT))
                    .withMessageContaining("udp://[::]:2?dual-stack");
        }
    }
}
