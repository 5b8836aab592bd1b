package dev.handover.supervisor.terms;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A service's specification, written down in the order that a test thinks of it. Each step is a draft of its own. */
public final class SpecDraft {
    private final String name;
    private int workers = 1;
    private List<ListenAddress> listen = List.of();
    private ReadyWhen ready = ReadyWhen.NOTIFIED;
    private DrainBy drain = new DrainBy.Protocol();
    private Optional<Duration> standby = Optional.empty();
    private Optional<CanarySpec> canary = Optional.empty();
    private int maxGenerations = ServiceSpec.FEWEST_GENERATIONS;
    private Optional<Duration> drainSpread = Optional.empty();
    private Duration drainTimeout = Duration.ofSeconds(60);
    private Optional<Duration> heartbeat = Optional.empty();
    private SignalsTo signalsTo = SignalsTo.MAIN;
    private Moving moving = Moving.STEERED;
    private boolean autostart = true;
    private List<ServiceName> after = List.of();
    private Optional<WarmUpSpec> warmUp = Optional.empty();
    private Optional<HealthSpec> health = Optional.empty();
    private RestartSpec restart = RestartSpec.DEFAULT;
    private Optional<QuicSpec> quic = Optional.empty();
    private Optional<OneShot> beforeStart = Optional.empty();
    private StartShare startShare = StartShare.FULL;
    private Optional<OneShot> afterFlip = Optional.empty();

    private SpecDraft(String name) {
        this.name = name;
    }

    /** One worker without declared listeners, ready when it says so, drained by the protocol. */
    public static SpecDraft service(String name) {
        return new SpecDraft(name);
    }

    private SpecDraft but(Consumer<SpecDraft> change) {
        SpecDraft copy = new SpecDraft(name);
        copy.workers = workers;
        copy.listen = listen;
        copy.ready = ready;
        copy.drain = drain;
        copy.standby = standby;
        copy.canary = canary;
        copy.maxGenerations = maxGenerations;
        copy.drainSpread = drainSpread;
        copy.drainTimeout = drainTimeout;
        copy.heartbeat = heartbeat;
        copy.signalsTo = signalsTo;
        copy.moving = moving;
        copy.autostart = autostart;
        copy.after = after;
        copy.warmUp = warmUp;
        copy.health = health;
        copy.restart = restart;
        copy.quic = quic;
        copy.beforeStart = beforeStart;
        copy.startShare = startShare;
        copy.afterFlip = afterFlip;
        change.accept(copy);
        return copy;
    }

    public SpecDraft workers(int count) {
        return but(copy -> copy.workers = count);
    }

    public SpecDraft listen(String address) {
        return but(copy -> copy.listen = List.of(ListenAddress.parse(address)));
    }

    public SpecDraft listen(ListenAddress... addresses) {
        return but(copy -> copy.listen = List.of(addresses));
    }

    public SpecDraft readyWhenListening() {
        return but(copy -> copy.ready = ReadyWhen.LISTENING);
    }

    public SpecDraft drainBy(Signal signal) {
        return drain(new DrainBy.BySignal(signal));
    }

    public SpecDraft drain(DrainBy how) {
        return but(copy -> copy.drain = how);
    }

    /** At once. */
    public SpecDraft maxGenerations(int most) {
        return but(copy -> copy.maxGenerations = most);
    }

    public SpecDraft drainSpread(Duration time) {
        return but(copy -> copy.drainSpread = Optional.of(time));
    }

    public SpecDraft drainTimeout(Duration timeout) {
        return but(copy -> copy.drainTimeout = timeout);
    }

    /** The generation before it stands by for so long. */
    public SpecDraft standby(Duration time) {
        return but(copy -> copy.standby = Optional.of(time));
    }

    /** Tried in these steps, of 30 s each, and moved to then. */
    public SpecDraft canary(String... steps) {
        CanarySpec spec = new CanarySpec(
                List.of(),
                Stream.of(steps).map(Percentage::parse).toList(),
                Duration.ofSeconds(30),
                CanarySpec.End.PROMOTE,
                true,
                Optional.empty());
        return canary(spec);
    }

    public SpecDraft canary(CanarySpec spec) {
        return but(copy -> copy.canary = Optional.of(spec));
    }

    public SpecDraft signalsToGroup() {
        return but(copy -> copy.signalsTo = SignalsTo.GROUP);
    }

    public SpecDraft heartbeat(Duration timeout) {
        return but(copy -> copy.heartbeat = Optional.of(timeout));
    }

    public SpecDraft plain() {
        return but(copy -> copy.moving = Moving.PLAIN);
    }

    public SpecDraft withoutAutostart() {
        return but(copy -> copy.autostart = false);
    }

    public SpecDraft after(String... services) {
        return but(
                copy -> copy.after = Stream.of(services).map(ServiceName::new).toList());
    }

    /** With 500 requests a worker, in at most 20 s. */
    public SpecDraft warmedUp() {
        WarmUpSpec spec = new WarmUpSpec(false, "/health", 500, 4, Duration.ofSeconds(20));
        return but(copy -> copy.warmUp = Optional.of(spec));
    }

    /** Asked every 5 s for {@code /healthz}, within 1 s; unhealthy after 3 failures, and steered away from. */
    public SpecDraft health() {
        return health(HealthSpec.Then.STEER_AWAY);
    }

    public SpecDraft health(HealthSpec.Then then) {
        HealthSpec spec = new HealthSpec(
                new HealthSpec.Http(false, "/healthz", 200), Duration.ofSeconds(5), Duration.ofSeconds(1), 3, then);
        return but(copy -> copy.health = Optional.of(spec));
    }

    /** Where a worker is started again at most so often within a minute. */
    public SpecDraft mostRestarts(int most) {
        return but(copy -> copy.restart =
                new RestartSpec(copy.restart.expectedExits(), OptionalInt.of(most), Duration.ofMinutes(1)));
    }

    public SpecDraft expectedExits(Integer... codes) {
        return but(copy -> copy.restart = new RestartSpec(Set.of(codes), copy.restart.most(), copy.restart.within()));
    }

    /** Its tags begin at the first byte, and it is quiet after 30 s. */
    public SpecDraft quic() {
        return but(copy -> copy.quic = Optional.of(new QuicSpec(0, Duration.ofSeconds(30))));
    }

    /** With a command before the workers, which has 60 s. */
    public SpecDraft beforeStart() {
        OneShot command = new OneShot(List.of("/usr/bin/migrate"), Duration.ofSeconds(60));
        return but(copy -> copy.beforeStart = Optional.of(command));
    }

    /** Whose workers start at a low share of the CPU beside a generation that serves. */
    public SpecDraft startsLow() {
        return but(copy -> copy.startShare = StartShare.LOW);
    }

    private ProcessSettings settings() {
        return new ProcessSettings(
                OptionalInt.empty(),
                OptionalInt.empty(),
                startShare,
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** With a command once new connections go to a generation, which has 60 s. */
    public SpecDraft afterFlip() {
        OneShot command = new OneShot(List.of("/usr/bin/purge"), Duration.ofSeconds(60));
        return but(copy -> copy.afterFlip = Optional.of(command));
    }

    public ServiceSpec spec() {
        return new ServiceSpec(
                new ServiceName(name),
                autostart,
                after,
                List.of("/usr/bin/" + name),
                Path.of("/"),
                List.of(),
                Map.of(),
                settings(),
                listen,
                ReuseportBy.PROGRAM,
                workers,
                ready,
                Duration.ofSeconds(30),
                drain,
                Signal.TERM,
                signalsTo,
                moving,
                Duration.ofSeconds(10),
                standby,
                canary,
                maxGenerations,
                drainSpread,
                drainTimeout,
                Duration.ofSeconds(5),
                heartbeat,
                warmUp,
                health,
                restart,
                quic,
                beforeStart,
                afterFlip);
    }
}
