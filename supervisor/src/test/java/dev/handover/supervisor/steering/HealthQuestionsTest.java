package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.Door;
import dev.handover.supervisor.linux.Errands;
import dev.handover.supervisor.terms.Exit;
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

    private static final HealthSpec.Question COMMAND = new HealthSpec.Command(List.of("check", "it"));

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
        return ask(PAGE, timeout, (question, address, limit) -> done(0, ""), doors);
    }

    private static Told ask(
            HealthSpec.Question question, Duration timeout, HealthQuestions.Command command, Door... doors)
            throws Exception {
        BlockingQueue<Told> told = new ArrayBlockingQueue<>(2);
        HealthSpec spec = new HealthSpec(question, Duration.ofSeconds(5), timeout, 3, HealthSpec.Then.STEER_AWAY);
        try (LinuxKernel kernel = new LinuxKernel()) {
            new HealthQuestions(kernel)
                    .ask(spec, List.of(doors), command, (answer, text) -> told.add(new Told(answer, text)));
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

    private static Errands.Ended done(int code, String lastLine) {
        return new Errands.Ended(new Exit.Code(code), null, lastLine);
    }

    private static String talk(String address, String said) throws IOException {
        String[] parts = address.split(":");
        try (Socket socket = new Socket(parts[0], Integer.parseInt(parts[1]))) {
            socket.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** Says back what each says, and where from. */
    private static void echo(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                byte[] said = client.getInputStream().readAllBytes();
                client.getOutputStream().write(said);
                client.getOutputStream().write((" " + client.getPort()).getBytes(StandardCharsets.US_ASCII));
            } catch (IOException over) {
                // Of this one, or of all.
            }
        }
    }

    @Test
    void whatACommandSaysAtItsAddressComesThroughTheDoorAgainAndAgain() throws Exception {
        try (ServerSocket server = server();
                Door door = open(server)) {
            new Thread(() -> echo(server)).start();
            HealthQuestions.Command command = (question, address, limit) -> {
                String both = talk(address, "one") + " " + talk(address, "two");
                return done(
                        both.equals("one %1$d two %1$d".formatted(door.source().getPort())) ? 0 : 1, both);
            };
            assertThat(ask(COMMAND, LONG, command, door)).isEqualTo(new Told(HealthAnswer.AS_EXPECTED, ""));
            assertThat(ask(COMMAND, LONG, command, door)).isEqualTo(new Told(HealthAnswer.AS_EXPECTED, ""));
        }
    }

    @Test
    void aCommandThatFailsIsTheWorkersFaultAndOneThatIsNotLedThereIsNot() throws Exception {
        try (ServerSocket server = server()) {
            Door door = open(server);
            String asked = "the command 'check' at 127.0.0.1:" + server.getLocalPort();
            assertThat(ask(COMMAND, LONG, (question, address, limit) -> done(3, "no"), door))
                    .isEqualTo(new Told(HealthAnswer.OTHERWISE, asked + " exited with 3: 'no'"));
            door.close();
            try (ServerSocket taken =
                    new ServerSocket(door.source().getPort(), 1, door.source().getAddress())) {
                HealthQuestions.Command command = (question, address, limit) -> {
                    try {
                        return done(1, talk(address, "anybody there?"));
                    } catch (IOException reset) {
                        return done(7, "reset");
                    }
                };
                assertThat(ask(COMMAND, LONG, command, door))
                        .as("whose port is %s's", taken)
                        .isEqualTo(new Told(
                                HealthAnswer.NOT_ASKED,
                                asked + " exited with 7: 'reset', and was not led there: Address already in use"));
            }
            HealthQuestions.Command none = (question, address, limit) -> {
                throw new IOException("there is no program 'check'");
            };
            assertThat(ask(COMMAND, LONG, none, door))
                    .isEqualTo(
                            new Told(HealthAnswer.NOT_ASKED, asked + " could not be run: there is no program 'check'"));
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
