package dev.handover.supervisor.terms;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A service's specification, written down in the order that a test thinks of it. */
public record SpecDraft(
        String name,
        int workers,
        List<ListenAddress> listen,
        ReadyWhen ready,
        Duration readyTimeout,
        DrainBy drain,
        Duration drainTimeout,
        Duration killGrace,
        Optional<Duration> heartbeat,
        Moving moving) {

    /** One worker without declared listeners, ready when it says so, drained by the protocol. */
    public static SpecDraft service(String name) {
        return new SpecDraft(
                name,
                1,
                List.of(),
                ReadyWhen.NOTIFIED,
                Duration.ofSeconds(30),
                new DrainBy.Protocol(),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                Optional.empty(),
                Moving.STEERED);
    }

    public SpecDraft workers(int count) {
        return new SpecDraft(
                name, count, listen, ready, readyTimeout, drain, drainTimeout, killGrace, heartbeat, moving);
    }

    public SpecDraft listen(String address) {
        return new SpecDraft(
                name,
                workers,
                List.of(ListenAddress.parse(address)),
                ready,
                readyTimeout,
                drain,
                drainTimeout,
                killGrace,
                heartbeat,
                moving);
    }

    public SpecDraft readyWhenListening() {
        return new SpecDraft(
                name,
                workers,
                listen,
                ReadyWhen.LISTENING,
                readyTimeout,
                drain,
                drainTimeout,
                killGrace,
                heartbeat,
                moving);
    }

    public SpecDraft drainBy(Signal signal) {
        return drain(new DrainBy.BySignal(signal));
    }

    public SpecDraft drain(DrainBy how) {
        return new SpecDraft(
                name, workers, listen, ready, readyTimeout, how, drainTimeout, killGrace, heartbeat, moving);
    }

    public SpecDraft heartbeat(Duration timeout) {
        return new SpecDraft(
                name,
                workers,
                listen,
                ready,
                readyTimeout,
                drain,
                drainTimeout,
                killGrace,
                Optional.of(timeout),
                moving);
    }

    public SpecDraft plain() {
        return new SpecDraft(
                name, workers, listen, ready, readyTimeout, drain, drainTimeout, killGrace, heartbeat, Moving.PLAIN);
    }

    public ServiceSpec spec() {
        return new ServiceSpec(
                new ServiceName(name),
                List.of("/usr/bin/" + name),
                Path.of("/"),
                Map.of(),
                listen,
                workers,
                ready,
                readyTimeout,
                drain,
                Signal.TERM,
                moving,
                Duration.ofSeconds(10),
                drainTimeout,
                killGrace,
                heartbeat);
    }
}
