package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.linux.Errands;
import dev.handover.supervisor.linux.ExitWatch;
import dev.handover.supervisor.linux.Launcher;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.Program;
import dev.handover.supervisor.terms.CanaryShare;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.HealthSpec;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.QuicSpec;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.SpecDraft;
import dev.handover.supervisor.terms.SteeringStatus;
import dev.handover.supervisor.terms.WarmUpSpec;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A {@link Steering} asked for one thing at a time. */
final class Steered implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);

    private static final RequestId HOLD = new RequestId(1);

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    /** What is told of a canary, by the second. */
    private final BlockingQueue<Event.Compared> comparisons = new LinkedBlockingQueue<>();

    private final Queue<String> warnings = new ConcurrentLinkedQueue<>();
    private final Adopters adopters = new Adopters();
    private final ExitWatch exits;
    private final Errands errands;
    private final Steering steering;
    private final Optional<QuicSpec> quic;

    Steered() {
        this(Optional.empty());
    }

    /** @param quic how every generation tells its QUIC connections apart */
    Steered(Optional<QuicSpec> quic) {
        this.quic = quic;
        try {
            exits = new ExitWatch();
            errands = new Errands();
            Launcher.takeChildren();
            steering = new Steering(this::happened, warnings::add, pid -> false, adopters::pass, this::run, exits);
        } catch (LinuxException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As a service without an environment of its own has it run. */
    private Errands.Ended run(
            WorkerId worker, ServiceSpec service, List<String> command, Map<String, String> variables, Duration limit)
            throws IOException {
        List<CString> environment = new ArrayList<>(List.of(CString.of("PATH=/usr/bin:/bin")));
        variables.forEach((name, value) -> environment.add(CString.of(name + "=" + value)));
        Path nothing = Path.of("/dev/null");
        Program program = new Program(
                Path.of(command.get(0)),
                command.stream().map(CString::of).toList(),
                environment,
                Path.of("/"),
                nothing,
                nothing);
        return errands.run(program, new byte[0], limit);
    }

    /** Where no health is asked for. */
    static final ServiceCommand NOTHING = (worker, service, command, variables, limit) -> {
        throw new IOException(command + " is not to be run");
    };

    private void happened(Event event) {
        if (event instanceof Event.Compared compared) {
            comparisons.add(compared);
        } else {
            events.add(event);
        }
    }

    /** The next that is told of a canary. */
    Event.Compared compared() throws Exception {
        return Objects.requireNonNull(comparisons.poll(60, TimeUnit.SECONDS), "nothing is compared");
    }

    Event steer(int generation, Map<WorkerId, ProcessId> workers, ListenAddress... listen) throws Exception {
        return steer(Workers.WEB, generation, workers, listen);
    }

    Event steer(ServiceName service, int generation, Map<WorkerId, ProcessId> workers, ListenAddress... listen)
            throws Exception {
        steering.perform(new Effect.Steer(service, Workers.generation(generation), workers, List.of(listen), quic));
        return next();
    }

    /** Ahead of the flip. */
    void hold(WorkerId worker, ProcessId process, ListenAddress... listen) throws Exception {
        steering.perform(new Effect.Hold(worker, process, List.of(listen), quic, false));
        settle();
    }

    /** Those that an earlier supervisor has steered away from. */
    void holdLeaving(Map<WorkerId, ProcessId> workers, ListenAddress... listen) throws Exception {
        workers.forEach(
                (worker, process) -> steering.perform(new Effect.Hold(worker, process, List.of(listen), quic, true)));
        settle();
    }

    /** Steers, and expects that it can. */
    void flip(int generation, Map<WorkerId, ProcessId> workers, ListenAddress... listen) throws Exception {
        assertThat(steer(generation, workers, listen))
                .isEqualTo(new Event.Steered(Workers.WEB, Workers.generation(generation), Ledger.Mode.STEERED, ""));
    }

    /** Back to one that has been steered away from. */
    Event steerBack(int generation, Map<WorkerId, ProcessId> workers, ListenAddress... listen) throws Exception {
        steering.perform(new Effect.SteerBack(Workers.WEB, Workers.generation(generation), workers, List.of(listen)));
        return next();
    }

    /** Has new connections wait. */
    Event holdOff() throws Exception {
        steering.perform(new Effect.HoldOff(Workers.WEB, HOLD));
        return next();
    }

    /** Has new connections wait, and expects that they do. */
    void putOnHold() throws Exception {
        assertThat(holdOff()).isEqualTo(new Event.PutOnHold(Workers.WEB, HOLD));
    }

    /** Lets new connections go on. */
    Event.TakenOffHold letIn() throws Exception {
        steering.perform(new Effect.LetIn(Workers.WEB, HOLD));
        return (Event.TakenOffHold) next();
    }

    /** Some clients to one that is a canary. */
    Event share(int generation, Map<WorkerId, ProcessId> workers, CanaryShare share, ListenAddress... listen)
            throws Exception {
        steering.perform(
                new Effect.Share(Workers.WEB, Workers.generation(generation), workers, List.of(listen), quic, share));
        return next();
    }

    /** What has come to the canary, and beside it; empty if there is none. */
    Optional<SteeringStatus.Split> split() throws Exception {
        return status().split();
    }

    void beginWarmUp(int generation, Map<WorkerId, ProcessId> workers, WarmUpSpec spec, ListenAddress... listen) {
        steering.perform(
                new Effect.WarmUp(Workers.WEB, Workers.generation(generation), workers, List.of(listen), quic, spec));
    }

    Event.HealthSeen askHealth(WorkerId worker, ProcessId process, HealthSpec spec, ListenAddress... listen)
            throws Exception {
        steering.perform(new Effect.AskHealth(
                worker,
                process,
                1,
                spec,
                SpecDraft.service("web").listen(listen).spec()));
        return (Event.HealthSeen) next();
    }

    void setAside(WorkerId worker, ProcessId process, boolean aside) throws Exception {
        steering.perform(new Effect.SetAside(worker, process, aside));
        settle();
    }

    void beginQuiesce(int generation, Duration limit) {
        steering.perform(new Effect.Quiesce(Workers.WEB, Workers.generation(generation), limit));
    }

    /** All the way out of a generation whose workers end meanwhile. */
    Ledger leave(ServiceName service, int generation, Workers workers) throws Exception {
        steering.perform(new Effect.Quiesce(service, Workers.generation(generation), LIMIT));
        assertThat(((Event.Quiesced) next()).empty()).isTrue();
        workers.end(service, generation);
        steering.perform(new Effect.Release(service, Workers.generation(generation)));
        return ((Event.Released) next()).ledger();
    }

    Event.Quiesced quiesce(int generation, Duration limit) throws Exception {
        beginQuiesce(generation, limit);
        return (Event.Quiesced) next();
    }

    void beginRelease(int generation) {
        steering.perform(new Effect.Release(Workers.WEB, Workers.generation(generation)));
    }

    /** Hands over to a generation that it starts, from the one before, whose workers end. */
    Ledger handOver(int generation, int count, Workers workers, ListenAddress address) throws Exception {
        Map<WorkerId, ProcessId> next = workers.start(generation, count, "", address);
        for (Map.Entry<WorkerId, ProcessId> worker : next.entrySet()) {
            hold(worker.getKey(), worker.getValue(), address);
        }
        flip(generation, next, address);
        quiesce(generation - 1, LIMIT);
        workers.end(generation - 1);
        return release(generation - 1);
    }

    Ledger release(int generation) throws Exception {
        steering.perform(new Effect.Release(Workers.WEB, Workers.generation(generation)));
        return ((Event.Released) next()).ledger();
    }

    void rejoin(WorkerId worker, ProcessId process) throws Exception {
        steering.perform(new Effect.Rejoin(worker, process));
        settle();
    }

    void relisten(WorkerId worker, ProcessId process) throws Exception {
        steering.perform(new Effect.Relisten(worker, process));
        settle();
    }

    /** The option of {@code worker.py} that lets a worker adopt. */
    String adopting() {
        return adopters.option();
    }

    /** Says that these can adopt. */
    void adopters(Map<WorkerId, ProcessId> able) throws Exception {
        adoptersMeanwhile(able);
        settle();
    }

    /** The same, while an answer is awaited. */
    void adoptersMeanwhile(Map<WorkerId, ProcessId> able) {
        adopters.await(able);
        steering.perform(new Effect.Adopters(Workers.WEB, able));
    }

    void steerAway(WorkerId worker) throws Exception {
        steerAway(worker, Duration.ZERO);
    }

    void steerAway(WorkerId worker, Duration patience) throws Exception {
        steering.perform(new Effect.SteerAway(worker, patience));
        settle();
    }

    /** Waits for what the calls before do behind their answers. */
    void settle() throws Exception {
        steering.perform(new Effect.Quiesce(Workers.WEB, Workers.generation(999), LIMIT));
        next();
    }

    Event next() throws Exception {
        return Objects.requireNonNull(events.poll(60, TimeUnit.SECONDS), "no event");
    }

    /** Who stands in the groups, by index. */
    List<SteeringStatus.Role> roles() throws Exception {
        return groups().flatMap(group -> group.members().stream())
                .map(SteeringStatus.Member::role)
                .toList();
    }

    /** Who gets clients before the groups do. */
    List<SteeringStatus.Rival> rivals() throws Exception {
        return groups().flatMap(group -> group.rivals().stream()).toList();
    }

    private Stream<SteeringStatus.Group> groups() throws Exception {
        return status().groups().stream();
    }

    private SteeringStatus status() throws Exception {
        SteeringStatus status = steering.status(List.of(Workers.WEB)).get().get(Workers.WEB);
        return Objects.requireNonNull(status, "not steered");
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** The supervisor leaves its workers to the next one. */
    void leave() {
        steering.leave();
    }

    @Override
    public void close() {
        steering.close();
        errands.close();
        exits.close();
        adopters.close();
    }
}
