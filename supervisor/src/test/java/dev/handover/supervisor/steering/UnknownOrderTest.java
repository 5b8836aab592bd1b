package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.linux.SocketRow;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.ListenAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Strangers that come and go with every look, so that nobody can tell where a listener stands in its group. */
@Timeout(300)
class UnknownOrderTest {
    private static final int CLIENTS = 20;

    private final Workers workers = new Workers();
    private final Queue<Event> events = new ArrayDeque<>();
    private final HandTurns turns = new HandTurns();
    private final List<String> warnings = new ArrayList<>();
    private ListenAddress address;
    private LinuxKernel kernel;
    private Groups groups;
    private ServiceSteering steering;
    private @Nullable ServerSocketChannel stranger;
    private boolean restless;

    @BeforeEach
    void serve() throws Exception {
        kernel = new LinuxKernel();
        groups = new Groups(at -> new SteeredGroup(at, kernel, () -> {
            List<SocketRow> rows = kernel.listeners(at);
            if (restless) {
                comeOrGo();
            }
            return rows;
        }));
        Roster roster = new Roster(Workers.WEB, groups, kernel);
        steering = new ServiceSteering(
                Workers.WEB,
                kernel,
                roster,
                events::add,
                warnings::add,
                (worker, listener) -> false,
                Steered.NOTHING,
                new Strangers(kernel, pid -> false, stranger -> {}),
                new Rivals(kernel, pid -> false, rival -> {}),
                (process, ended) -> {},
                turns);
        address = Workers.free("tcp://127.0.0.1:%d");
        assertThat(steer(1, 2)).isEqualTo(steered(1, Mode.STEERED, ""));
    }

    @AfterEach
    void close() throws Exception {
        groups.dropAll();
        kernel.close();
        workers.close();
        if (stranger != null) {
            stranger.close();
        }
    }

    private Event steer(int generation, int count) throws Exception {
        steering.perform(
                new Effect.Steer(
                        Workers.WEB,
                        Workers.generation(generation),
                        workers.start(generation, count, "", address),
                        List.of(address),
                        Optional.empty()),
                turns.now());
        return events.remove();
    }

    private static Event steered(int generation, Mode mode, String why) {
        return new Event.Steered(Workers.WEB, Workers.generation(generation), mode, why);
    }

    private Ledger release(int generation) throws Exception {
        workers.end(generation);
        steering.perform(new Effect.Release(Workers.WEB, Workers.generation(generation)), turns.now());
        return ((Event.Released) events.remove()).ledger();
    }

    private void comeOrGo() {
        try {
            if (stranger != null) {
                stranger.close();
                stranger = null;
            } else {
                stranger = ServerSocketChannel.open(StandardProtocolFamily.INET)
                        .setOption(StandardSocketOptions.SO_REUSEPORT, true)
                        .bind(address.socketAddress());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With a stranger in the group that is gone at the second look. */
    private void makeRestless() {
        comeOrGo();
        restless = true;
    }

    private void calm() {
        restless = false;
        if (stranger != null) {
            comeOrGo();
        }
    }

    private List<String> served() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            names.add(Clients.one(new InetSocketAddress(address.address(), address.port())));
        }
        return names;
    }

    @Test
    void handoverIsNotSteeredAndSaysWhyAndTheOneAfterTheNextIsLosslessAgain() throws Exception {
        makeRestless();
        Event.Steered unsteered = (Event.Steered) steer(2, 2);
        assertThat(unsteered.mode()).isNotEqualTo(Mode.STEERED);
        assertThat(unsteered.why()).containsAnyOf("too fast to tell where they stand", "stand in their group");
        calm();
        assertThat(served()).allMatch(name -> name.matches("web/g[12]/w[12]"));
        Ledger ledger = release(1);
        assertThat(ledger.isLossless()).isFalse();
        assertThat(ledger.why()).isEqualTo(unsteered.why());
        assertThat(served()).allMatch(name -> name.startsWith("web/g2/"));

        assertThat(steer(3, 2)).isEqualTo(steered(3, Mode.STEERED, ""));
        assertThat(release(2).isLossless())
                .as("away from a generation that is not held")
                .isFalse();
        assertThat(steer(4, 2)).isEqualTo(steered(4, Mode.STEERED, ""));
        steering.perform(new Effect.Quiesce(Workers.WEB, Workers.generation(3), Duration.ofMinutes(1)), turns.now());
        await().until(() -> {
            turns.pass(1);
            return !events.isEmpty();
        });
        assertThat(((Event.Quiesced) events.remove()).empty()).isTrue();
        assertThat(release(3).isLossless()).isTrue();
        assertThat(served()).allMatch(name -> name.startsWith("web/g4/"));
        assertThat(warnings).isEmpty();
    }

    @Test
    void oldListenersAreReleasedWithAWarningAndTheNewGenerationServes() throws Exception {
        assertThat(steer(2, 2)).isEqualTo(steered(2, Mode.STEERED, ""));
        makeRestless();
        release(1);
        calm();
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("is released without its order known, so a new connection may take a second longer");
        assertThat(steering.status(pid -> false)).isPresent();
        assertThat(served()).allMatch(name -> name.startsWith("web/g2/"));
    }
}
