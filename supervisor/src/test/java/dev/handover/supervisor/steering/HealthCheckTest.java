package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.HealthAnswer;
import dev.handover.supervisor.terms.HealthSpec;
import dev.handover.supervisor.terms.HealthSpec.Question;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Questions to Python processes, each by itself, and new connections led past one of them, in the kernel that runs. */
@Timeout(300)
class HealthCheckTest {
    private static final String TCP = "tcp://127.0.0.1:%d";
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Question PAGE = new HealthSpec.Http(false, "/healthz", 200);

    private final Workers workers = new Workers();
    private final Steered steering = new Steered();

    @AfterEach
    void close() {
        steering.close();
        workers.close();
    }

    private static HealthSpec spec(Question question, Duration timeout) {
        return new HealthSpec(question, LONG, timeout, 3, HealthSpec.Then.STEER_AWAY);
    }

    private Event.HealthSeen ask(
            Map<WorkerId, ProcessId> those, WorkerId worker, HealthSpec spec, ListenAddress address) throws Exception {
        return steering.askHealth(worker, Objects.requireNonNull(those.get(worker)), spec, address);
    }

    private void setAside(Map<WorkerId, ProcessId> those, WorkerId worker, boolean aside) throws Exception {
        steering.setAside(worker, Objects.requireNonNull(those.get(worker)), aside);
    }

    /** Whom 60 clients reach, such as {@code g1/w1}. */
    private static Set<String> reached(ListenAddress address) throws IOException {
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < 60; i++) {
            try (Socket socket = new Socket(OwnGroup.target(address).getAddress(), address.port())) {
                socket.setSoTimeout(60_000);
                socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                names.add(answer.substring(answer.indexOf("web/") + 4).split(" ")[0]);
            }
        }
        return names;
    }

    @Test
    void aCommandReachesTheWorkerThatItIsAboutAndNoOther() throws Exception {
        ListenAddress address = Workers.free(TCP);
        Map<WorkerId, ProcessId> both = workers.start(1, 2, "http=200", address);
        steering.flip(1, both, address);
        for (WorkerId worker : both.keySet()) {
            HealthSpec.Question command = new HealthSpec.Command(List.of(
                    "/bin/bash",
                    "-c",
                    "exec 3<>/dev/tcp/${HANDOVER_ADDRESS/:/\\/}; printf 'GET / HTTP/1.1\\r\\n\\r\\n' >&3;"
                            + " answer=$(cat <&3); echo \"$HANDOVER_PID $answer\" | tr -d '\\r' | tail -1;"
                            + " [[ $answer == *" + worker + "* ]]"));
            for (int i = 0; i < 3; i++) {
                assertThat(ask(both, worker, spec(command, LONG), address))
                        .returns(HealthAnswer.AS_EXPECTED, Event.HealthSeen::answer);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp://127.0.0.1:%d",
                "tcp://0.0.0.0:%d",
                "tcp://[::1]:%d",
                "tcp://[::]:%d?dual-stack",
            })
    void eachIsAskedByItselfBeforeTheFlipAndAfterIt(String form) throws Exception {
        ListenAddress address = Workers.free(form);
        Map<WorkerId, ProcessId> old = workers.start(1, 2, "http=200", address);
        steering.flip(1, old, address);
        Map<WorkerId, ProcessId> fresh = workers.start(2, 1, "http=200", address);
        fresh.put(Workers.id(2, 2), workers.start(Workers.id(2, 2), "http=503", address));
        HealthSpec page = spec(PAGE, LONG);
        for (int i = 0; i < 3; i++) {
            assertThat(ask(fresh, Workers.id(2, 1), page, address).answer()).isEqualTo(HealthAnswer.AS_EXPECTED);
            assertThat(ask(fresh, Workers.id(2, 2), page, address).answer()).isEqualTo(HealthAnswer.OTHERWISE);
            assertThat(ask(old, Workers.id(1, 2), page, address).answer()).isEqualTo(HealthAnswer.AS_EXPECTED);
        }
        assertThat(reached(address)).containsExactly("g1/w1", "g1/w2");
        steering.flip(2, fresh, address);
        assertThat(ask(fresh, Workers.id(2, 1), page, address).answer()).isEqualTo(HealthAnswer.AS_EXPECTED);
        Event.HealthSeen bad = ask(fresh, Workers.id(2, 2), page, address);
        assertThat(bad.text()).matches("GET /healthz at .*:" + address.port() + " was answered with 503, not 200");
        assertThat(ask(old, Workers.id(1, 1), page, address).text())
                .isEqualTo("new connections go to another generation");
        assertThat(reached(address)).containsExactly("g2/w1", "g2/w2");
        assertThat(steering.leave(Workers.WEB, 1, workers).verdict()).isEqualTo("lossless");
        assertThat(ask(fresh, Workers.id(2, 2), page, address).answer()).isEqualTo(HealthAnswer.OTHERWISE);
        assertThat(ask(fresh, Workers.id(2, 1), page, address).answer()).isEqualTo(HealthAnswer.AS_EXPECTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp://127.0.0.1:%d",
                "tcp://[::1]:%d",
                "tcp://[::]:%d?dual-stack",
            })
    void aConnectionCountsWhenTheWorkerHasAcceptedIt(String form) throws Exception {
        ListenAddress address = Workers.free(form);
        Map<WorkerId, ProcessId> those = workers.start(1, 2, "http=200", address);
        steering.flip(1, those, address);
        HealthSpec connection = spec(new HealthSpec.Tcp(), SHORT);
        workers.signal("STOP", Workers.id(1, 1));
        assertThat(ask(those, Workers.id(1, 1), connection, address).text())
                .matches("a connection at .*:" + address.port() + " was not answered within 300 ms");
        assertThat(ask(those, Workers.id(1, 1), spec(PAGE, SHORT), address).text())
                .endsWith(" was not answered within 300 ms");
        workers.signal("CONT", Workers.id(1, 1));
        for (WorkerId worker : those.keySet()) {
            assertThat(ask(those, worker, spec(new HealthSpec.Tcp(), LONG), address)
                            .answer())
                    .isEqualTo(HealthAnswer.AS_EXPECTED);
        }
    }

    @Test
    void anotherServiceAtAMoreParticularAddressDoesNotAnswerForIt() throws Exception {
        ListenAddress wildcard = Workers.free("tcp://0.0.0.0:%d");
        Map<WorkerId, ProcessId> those = workers.start(1, 2, "http=503", wildcard);
        steering.flip(1, those, wildcard);
        HealthSpec page = spec(PAGE, LONG);
        for (WorkerId worker : those.keySet()) {
            assertThat(ask(those, worker, page, wildcard).text()).contains(" at 127.0.0.1:", " was answered with 503");
        }
        ListenAddress particular = ListenAddress.parse(TCP.formatted(wildcard.port()));
        workers.start(new ServiceName("other"), 1, 1, "http=200", particular);
        for (WorkerId worker : those.keySet()) {
            assertThat(ask(those, worker, page, wildcard).text()).contains(" at 127.0.0.2:", " was answered with 503");
        }
        workers.end(new ServiceName("other"), 1);
        for (WorkerId worker : those.keySet()) {
            assertThat(ask(those, worker, page, wildcard).text()).contains(" at 127.0.0.1:", " was answered with 503");
        }
    }

    @Test
    void oneThatSpeaksNoTlsIsSaidNotTo() throws Exception {
        ListenAddress address = Workers.free(TCP);
        Map<WorkerId, ProcessId> those = workers.start(1, 1, "", address);
        steering.flip(1, those, address);
        assertThat(ask(those, Workers.id(1, 1), spec(new HealthSpec.Tls(), LONG), address)
                        .text())
                .startsWith("a TLS handshake at 127.0.0.1:" + address.port() + " failed");
    }

    @Test
    void newConnectionsGoPastOneThatIsSetAsideAndComeBack() throws Exception {
        ListenAddress address = Workers.free(TCP);
        Map<WorkerId, ProcessId> those = workers.start(1, 3, "http=200", address);
        steering.flip(1, those, address);
        setAside(those, Workers.id(1, 2), true);
        assertThat(reached(address)).containsExactly("g1/w1", "g1/w3");
        assertThat(ask(those, Workers.id(1, 2), spec(PAGE, LONG), address).answer())
                .as("it is asked all the same")
                .isEqualTo(HealthAnswer.AS_EXPECTED);
        setAside(those, Workers.id(1, 1), true);
        assertThat(reached(address)).containsExactly("g1/w3");
        setAside(those, Workers.id(1, 2), false);
        setAside(those, Workers.id(1, 1), false);
        assertThat(reached(address)).containsExactly("g1/w1", "g1/w2", "g1/w3");
    }

    @Test
    void theLastOneIsLedToWhateverIsAskedFor() throws Exception {
        ListenAddress address = Workers.free(TCP);
        Map<WorkerId, ProcessId> those = workers.start(1, 2, "http=200", address);
        steering.flip(1, those, address);
        setAside(those, Workers.id(1, 1), true);
        setAside(those, Workers.id(1, 2), true);
        assertThat(reached(address)).containsExactly("g1/w2");
    }

    @Test
    void oneThatIsSetAsideStaysSoWhenASiblingIsReplaced() throws Exception {
        ListenAddress address = Workers.free(TCP);
        Map<WorkerId, ProcessId> those = workers.start(1, 3, "http=200", address);
        steering.flip(1, those, address);
        setAside(those, Workers.id(1, 1), true);
        workers.kill(Workers.id(1, 2));
        steering.steerAway(Workers.id(1, 2));
        assertThat(reached(address)).containsExactly("g1/w3");
        ProcessId next = workers.start(Workers.id(1, 2), "http=200", address);
        steering.rejoin(Workers.id(1, 2), next);
        assertThat(reached(address)).containsExactly("g1/w2", "g1/w3");
    }

    @Test
    void oneThatIsStartedAgainMayBeSetAsideBeforeItsFirstClient() throws Exception {
        ListenAddress address = Workers.free(TCP);
        Map<WorkerId, ProcessId> those = workers.start(1, 2, "http=200", address);
        steering.flip(1, those, address);
        workers.kill(Workers.id(1, 1));
        steering.steerAway(Workers.id(1, 1));
        ProcessId next = workers.start(Workers.id(1, 1), "http=200", address);
        those.put(Workers.id(1, 1), next);
        setAside(those, Workers.id(1, 1), true);
        steering.rejoin(Workers.id(1, 1), next);
        assertThat(reached(address)).containsExactly("g1/w2");
        assertThat(ask(those, Workers.id(1, 1), spec(PAGE, LONG), address).answer())
                .isEqualTo(HealthAnswer.AS_EXPECTED);
        setAside(those, Workers.id(1, 1), false);
        assertThat(reached(address)).containsExactly("g1/w1", "g1/w2");
    }

    @Test
    void whereNothingIsSteeredNobodyIsAsked() throws Exception {
        ListenAddress address = Workers.free(TCP);
        Map<WorkerId, ProcessId> those = workers.start(1, 1, "http=200", address);
        Event.HealthSeen seen = ask(those, Workers.id(1, 1), spec(PAGE, LONG), address);
        assertThat(seen.answer()).isEqualTo(HealthAnswer.NOT_ASKED);
        assertThat(seen.text()).isEqualTo("nothing is steered at " + address + ", so that clients come at once");
    }
}
