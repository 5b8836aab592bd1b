package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.WarmUpSpec;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests to a generation of Python processes that no client reaches yet, in the kernel that runs. */
@Timeout(300)
class WarmUpTest {
    private static final String TCP = "tcp://127.0.0.1:%d";
    private static final Duration LONG = Duration.ofSeconds(30);

    private final Workers workers = new Workers();
    private final Steered steering = new Steered();

    @AfterEach
    void close() {
        steering.close();
        workers.close();
    }

    private static WarmUpSpec requests(int count, Duration timeout) {
        return new WarmUpSpec(false, "/", count, 4, timeout);
    }

    private Event.WarmedUp warmUp(
            int generation, Map<WorkerId, ProcessId> those, WarmUpSpec spec, ListenAddress address) throws Exception {
        steering.beginWarmUp(generation, those, spec, address);
        return (Event.WarmedUp) steering.next();
    }

    /** What a client is answered with: the worker's name, and how many requests of a warm-up that has had. */
    private static String ask(ListenAddress address) throws IOException {
        try (Socket socket = new Socket(OwnGroup.target(address).getAddress(), address.port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }

    /** How many requests of a warm-up each worker that clients reach has had. */
    private static Map<String, String> had(ListenAddress address) throws IOException {
        Map<String, String> had = new TreeMap<>();
        for (int i = 0; i < 60; i++) {
            String[] answer = ask(address).split(" ");
            had.put(answer[0], answer[1]);
        }
        return had;
    }

    @ParameterizedTest
    @CsvSource({
        "tcp://127.0.0.1:%d, ''",
        "tcp://0.0.0.0:%d, ''",
        "tcp://[::1]:%d, ''",
        "tcp://[::]:%d?dual-stack, ''",
        "tcp://127.0.0.1:%d, dual"
    })
    void eachNewWorkerIsSentItsRequestsWhileClientsReachTheOldOnesAlone(String form, String options) throws Exception {
        ListenAddress address = Workers.free(form);
        steering.flip(1, workers.start(1, 2, options + ",http=200", address), address);
        Map<WorkerId, ProcessId> fresh = workers.start(2, 2, options + ",http=200", address);
        List<String> answers = new ArrayList<>();
        AtomicReference<Boolean> goesOn = new AtomicReference<>(true);
        Thread client = new Thread(() -> {
            while (goesOn.get()) {
                try {
                    answers.add(ask(address));
                } catch (IOException e) {
                    answers.add(e.toString());
                }
            }
        });
        client.start();
        Event.WarmedUp warmedUp = warmUp(2, fresh, requests(150, LONG), address);
        goesOn.set(false);
        client.join();

        assertThat(warmedUp.text()).isEqualTo("web generation 2 is warm: 2 workers, 300 requests, 0 failed");
        assertThat(warmedUp.warm()).isTrue();
        assertThat(answers).isNotEmpty().allMatch(answer -> answer.startsWith("web/g1/"));
        assertThat(had(address)).containsExactly(Map.entry("web/g1/w1", "0"), Map.entry("web/g1/w2", "0"));
        steering.flip(2, fresh, address);
        assertThat(had(address)).containsExactly(Map.entry("web/g2/w1", "150"), Map.entry("web/g2/w2", "150"));
        Ledger ledger = steering.leave(Workers.WEB, 1, workers);
        assertThat(ledger.verdict()).isEqualTo("lossless");
    }

    @Test
    void requestsThatFailAreCountedAndTheFirstOneIsTold() throws Exception {
        ListenAddress address = Workers.free(TCP);
        steering.flip(1, workers.start(1, 1, "http=200", address), address);
        Event.WarmedUp warmedUp = warmUp(2, workers.start(2, 1, "http=503", address), requests(20, LONG), address);
        assertThat(warmedUp.text())
                .isEqualTo("web generation 2 is not warm: 1 worker, 20 requests, 20 failed"
                        + " (the first: it was answered with 503)");
        assertThat(warmedUp.warm()).isFalse();
    }

    @Test
    void itEndsWithItsTimeWhereNobodyAnswers() throws Exception {
        ListenAddress address = Workers.free(TCP);
        steering.flip(1, workers.start(1, 1, "http=200", address), address);
        Map<WorkerId, ProcessId> fresh = workers.start(2, 1, "http=200", address);
        workers.signal("STOP", 2);
        Event.WarmedUp warmedUp = warmUp(2, fresh, requests(20, Duration.ofMillis(300)), address);
        assertThat(warmedUp.text())
                .isEqualTo("web generation 2 is not warm: 1 worker, 0 of 20 requests in 300 ms, 0 failed");
        workers.signal("CONT", 2);
        steering.flip(2, fresh, address);
        assertThat(ask(address)).startsWith("web/g2/w1 ");
    }

    @Test
    void aWorkerWithSeveralListenersIsSentRequestsThroughEach() throws Exception {
        ListenAddress address = Workers.free(TCP);
        steering.flip(1, workers.start(1, 1, "", address), address);
        ProcessId prefork = workers.startPrefork(Workers.id(2, 1), 3, address);
        Event.WarmedUp warmedUp = warmUp(2, Map.of(Workers.id(2, 1), prefork), requests(5, LONG), address);
        assertThat(warmedUp.text()).contains("1 worker with 3 listeners, 15 requests");
    }

    @Test
    void aGenerationThatIsReleasedMeanwhileEndsIt() throws Exception {
        ListenAddress address = Workers.free(TCP);
        steering.flip(1, workers.start(1, 1, "http=200", address), address);
        Map<WorkerId, ProcessId> fresh = workers.start(2, 1, "http=200", address);
        workers.signal("STOP", 2);
        steering.beginWarmUp(2, fresh, requests(20, LONG), address);
        workers.kill(Workers.id(2, 1));
        steering.beginRelease(2);
        assertThat(List.of(steering.next().getClass(), steering.next().getClass()))
                .containsExactlyInAnyOrder(Event.WarmedUp.class, Event.Released.class);
        assertThat(had(address)).containsExactly(Map.entry("web/g1/w1", "0"));
    }

    @Test
    void whereNothingIsSteeredNobodyIsWarmedUp() throws Exception {
        ListenAddress address = Workers.free(TCP);
        Map<WorkerId, ProcessId> first = workers.start(1, 1, "http=200", address);
        assertThat(warmUp(1, first, requests(20, LONG), address).text())
                .isEqualTo("web generation 1 is not warm: nothing is steered at " + address
                        + ", so that clients come at once");
        steering.flip(1, first, address);
        assertThat(had(address)).containsExactly(Map.entry("web/g1/w1", "0"));
    }
}
