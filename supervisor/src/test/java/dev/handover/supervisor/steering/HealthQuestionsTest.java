package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.Door;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.terms.HealthAnswer;
import dev.handover.supervisor.terms.HealthSpec;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is the worker's, and what this end's, when it is asked. */
@Timeout(300)
class HealthQuestionsTest {
    private static final HealthSpec.Question PAGE = new HealthSpec.Http(false, "/", 200);

    private static final Duration LONG = Duration.ofSeconds(20);

    private record Told(HealthAnswer answer, String text) {}

    private static Door open(ServerSocket server) throws IOException {
        ListenAddress address = new ListenAddress(Transport.TCP, server.getInetAddress(), server.getLocalPort(), false);
        return Door.open(address, Door.target(address));
    }

    private static ServerSocket server() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    }

    private static Told ask(Duration timeout, Door... doors) throws Exception {
        BlockingQueue<Told> told = new ArrayBlockingQueue<>(2);
        HealthSpec spec = new HealthSpec(PAGE, Duration.ofSeconds(5), timeout, 3, HealthSpec.Then.STEER_AWAY);
        try (SockDiag sockets = new SockDiag()) {
            new HealthQuestions(sockets).ask(spec, List.of(doors), (answer, text) -> told.add(new Told(answer, text)));
            return told.take();
        }
    }

    @Test
    void aPortThatThisEndLacksIsNoFaultOfTheWorkers() throws Exception {
        try (ServerSocket server = server()) {
            Door door = open(server);
            door.close();
            try (ServerSocket taken =
                    new ServerSocket(door.source().getPort(), 1, door.source().getAddress())) {
                assertThat(ask(LONG, door))
                        .as("whose port is %s's", taken)
                        .isEqualTo(new Told(
                                HealthAnswer.NOT_ASKED,
                                "GET / at 127.0.0.1:" + server.getLocalPort()
                                        + " could not be asked for: Address already in use"));
            }
        }
    }

    @Test
    void oneThatRefusesHasAnswered() throws Exception {
        Door door;
        try (ServerSocket server = server()) {
            door = open(server);
        }
        assertThat(ask(LONG, door).answer()).isEqualTo(HealthAnswer.OTHERWISE);
        door.close();
    }

    @Test
    void aStatusIsEnoughAndLeavesTheRestOfTheTimeToTheNextDoor() throws Exception {
        try (ServerSocket server = server();
                Door one = open(server);
                Door another = open(server)) {
            Thread serving = new Thread(() -> {
                answerWithoutEnd(server);
                answerWithoutEnd(server);
            });
            serving.start();
            assertThat(ask(LONG, one, another)).isEqualTo(new Told(HealthAnswer.AS_EXPECTED, ""));
            serving.join();
        }
    }

    private static void answerWithoutEnd(ServerSocket server) {
        try (Socket client = server.accept()) {
            client.getOutputStream().write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
            client.getInputStream().readAllBytes();
        } catch (IOException e) {
            // Its client has reset it.
        }
    }
}
