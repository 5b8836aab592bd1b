package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Ledger.Counters;
import dev.handover.supervisor.terms.ProcessId;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One listener of this process' own that a client waits in, and a clock that is moved by hand. */
@Timeout(300)
class QuiesceTest {
    private static final int LIMIT_MILLIS = 1000;

    private final HandTurns turns = new HandTurns();
    private final List<Event> events = new ArrayList<>();
    private boolean leaves = true;

    private LinuxKernel kernel;
    private OwnGroup group;
    private OwnGroup.Pair old;
    private SocketChannel client;

    @BeforeEach
    void aClientWaits() throws Exception {
        kernel = new LinuxKernel();
        group = new OwnGroup("tcp://127.0.0.1:%d");
        old = group.join();
        client = SocketChannel.open(OwnGroup.target(group.address()));
        await().until(() -> old.held().backlog().waiting() == 1);
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        group.close();
        kernel.close();
    }

    private void begin() {
        long self = ProcessHandle.current().pid();
        ProcessId process =
                new ProcessId(self, Processes.stat(self).orElseThrow().startTicks());
        Member member = new Member(Workers.id(1, 1), process, old.held(), Optional.empty(), kernel);
        SteeredGroup steered = new SteeredGroup(group.address(), kernel);
        steered.hold(member);
        Departure departure = new Departure(steered, List.of(member), kernel);
        new Quiesce(
                        Workers.WEB,
                        Workers.generation(1),
                        new Departures(List.of(departure), new Before(Counters.ZERO, Map.of()), kernel),
                        Duration.ofMillis(LIMIT_MILLIS),
                        turns,
                        () -> leaves,
                        events::add)
                .begin(turns.now());
    }

    private void assertEnded(boolean empty, String why) {
        assertThat(events).singleElement().satisfies(event -> {
            Event.Quiesced quiesced = (Event.Quiesced) event;
            assertThat(quiesced.empty()).isEqualTo(empty);
            assertThat(quiesced.text()).endsWith(why);
        });
        assertThat(turns.isIdle()).isTrue();
    }

    @Test
    void itLastsUntilTheLastClientHasBeenTaken() throws Exception {
        begin();
        turns.pass(LIMIT_MILLIS / 2);
        assertThat(events).isEmpty();

        assertThat(old.takeAll()).isOne();
        turns.pass(10);
        assertEnded(true, " ms)");
    }

    @Test
    void aClientThatNobodyTakesDelaysItToTheLimitAndNoLonger() {
        begin();
        turns.pass(LIMIT_MILLIS - 1);
        assertThat(events).isEmpty();
        turns.pass(1);
        assertEnded(false, "(1000 ms): its time is over");
    }

    @Test
    void aGenerationThatServesAgainIsWaitedForNoMore() {
        begin();
        leaves = false;
        turns.pass(10);
        assertEnded(false, "it serves again, or was released");
    }
}
