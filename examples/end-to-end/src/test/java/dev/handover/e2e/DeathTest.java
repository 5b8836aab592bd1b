package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Workers and supervisors that are killed, and supervisors that are told to stop. */
class DeathTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration STANDSTILL = Duration.ofSeconds(5);

    private static boolean connects(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    private static boolean runs(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static void kill(String signal, long pid) throws Exception {
        assertThat(Ran.run(PATIENCE, List.of("kill", "-" + signal, Long.toString(pid)))
                        .exitCode())
                .isZero();
    }

    @ParameterizedTest
    @EnumSource
    void workersServeOnWithoutTheirSupervisorAndTheNextOneTakesThemOver(Example example) throws Exception {
        int port = Supervised.freePort();
        try (Supervised supervised = Supervised.start(example.service("127.0.0.1", port, 2))) {
            List<Long> workers = supervised.workerPids();
            supervised.killSupervisor();
            assertThat(connects(port)).isTrue();
            assertThat(supervised.ctl("status").exitCode()).as("not running").isEqualTo(7);
            supervised.startAgain();
            supervised.awaitRunning();
            assertThat(supervised.workerPids()).hasSize(2).isEqualTo(workers);
            Ran reload = supervised.ctl("reload");
            assertThat(reload.exitCode())
                    .as(reload.out() + reload.err() + supervised.log())
                    .isZero();
            assertThat(supervised.ctl("status").out()).contains("generation 2");
            await().atMost(PATIENCE).until(() -> workers.stream().noneMatch(DeathTest::runs));
        }
    }

    @Test
    void workerThatIsKilledIsStartedAgainAndStatusCountsIt() throws Exception {
        int port = Supervised.freePort();
        try (Supervised supervised = Supervised.start(Example.HELLO.service("127.0.0.1", port, 2))) {
            kill("KILL", supervised.workerPids().get(0));
            await().atMost(PATIENCE)
                    .until(() -> supervised.ask("status").toString().contains("\"restarts\":1"));
            supervised.awaitRunning();
            assertThat(connects(port)).isTrue();
        }
    }

    @Test
    void termStopsTheWorkersAndEndsWithZero() throws Exception {
        int port = Supervised.freePort();
        try (Supervised supervised = Supervised.start(Example.ECHO_WORKER.service("127.0.0.1", port, 2))) {
            List<Long> workers = supervised.workerPids();
            supervised.signal("TERM");
            assertThat(supervised.awaitEnd()).isZero();
            assertThat(workers).noneMatch(DeathTest::runs);
            assertThat(supervised.folder().resolve("control.sock")).doesNotExist();
        }
    }

    @Test
    void secondTermDoesNotWaitForTheDrain() throws Exception {
        int port = Supervised.freePort();
        try (Supervised supervised = Supervised.start(Example.ECHO_WORKER.service("127.0.0.1", port, 1));
                Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.getOutputStream().write('\n');
            assertThat(client.getInputStream().read()).isEqualTo('\n');
            long worker = supervised.workerPids().get(0);
            supervised.signal("TERM");
            await().atMost(PATIENCE).until(() -> supervised.log().contains("SERVING -> DRAINING"));
            assertThat(runs(worker)).as("the worker drains").isTrue();
            supervised.signal("TERM");
            assertThat(supervised.awaitEnd()).isZero();
            assertThat(runs(worker)).isFalse();
        }
    }

    @Test
    void usr2EndsTheSupervisorAloneAndTheNextOneGoesOn() throws Exception {
        int port = Supervised.freePort();
        try (Supervised supervised = Supervised.start(Example.ECHO_WORKER.service("127.0.0.1", port, 2));
                Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            List<Long> workers = supervised.workerPids();
            supervised.signal("USR2");
            assertThat(supervised.awaitEnd()).isEqualTo(8);
            client.getOutputStream().write('\n');
            assertThat(client.getInputStream().read()).isEqualTo('\n');
            assertThat(connects(port)).isTrue();

            supervised.startAgain();
            supervised.awaitRunning();
            assertThat(supervised.workerPids()).containsExactlyInAnyOrderElementsOf(workers);
        }
    }

    @Test
    void supervisorThatStoodStillTakesNoWorkerForSilent() throws Exception {
        int port = Supervised.freePort();
        String service = Example.ECHO_WORKER.service("127.0.0.1", port, 2) + "heartbeat-timeout = \"3s\"\n";
        try (Supervised supervised = Supervised.start(service)) {
            List<Long> workers = supervised.workerPids();
            supervised.signal("STOP");
            Thread.sleep(STANDSTILL.toMillis());
            supervised.signal("CONT");
            assertThat(supervised.ctl("status").exitCode()).isZero();
            assertThat(supervised.log()).doesNotContain("it is ended");
            assertThat(supervised.workerPids()).isEqualTo(workers);
        }
    }

    @Test
    void hangupReloads() throws Exception {
        int port = Supervised.freePort();
        try (Supervised supervised = Supervised.start(Example.HELLO.service("127.0.0.1", port, 1))) {
            supervised.signal("HUP");
            await().atMost(PATIENCE)
                    .until(() -> supervised.log().contains("reload asked for by SIGHUP: hello: completed"));
        }
    }

    @Test
    void stoppedServiceMakesStatusThreeAndStartsAgain() throws Exception {
        int port = Supervised.freePort();
        try (Supervised supervised = Supervised.start(Example.HELLO.service("127.0.0.1", port, 1))) {
            assertThat(supervised.ctl("stop", "hello").exitCode()).isZero();
            assertThat(supervised.ctl("status").exitCode()).isEqualTo(3);
            assertThat(connects(port)).isFalse();
            assertThat(supervised.ctl("start", "hello").exitCode()).isZero();
            assertThat(connects(port)).isTrue();
        }
    }
}
