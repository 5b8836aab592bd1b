package dev.handover.supervisor.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.OpenConnection;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ReadyWhen;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.GenerationStatus;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.Report.ServiceStatus;
import dev.handover.supervisor.terms.Report.WorkerStatus;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.Request.CanaryDecision;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SignalsTo;
import dev.handover.supervisor.terms.SpecDraft;
import dev.handover.supervisor.terms.WorkerId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A supervisor stepped by hand. Its clock stands still until {@link #advance}; its processes are made up: they start
 * when they are told to, and do nothing more by themselves. Workers are named as in logs, such as {@code web/g1/w2}.
 *
 * <p>After each turn it checks what must hold at all times: memory is saved before anything else is done, and is right.
 */
final class Stage {
    static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    /** Who asks. */
    static final String OPERATOR = "pid 4711 of uid 1000";

    private final Configuration configuration;
    private final Supervisor core;
    private final Map<WorkerId, ProcessId> processes = new TreeMap<>();
    private final Deque<Event> inbox = new ArrayDeque<>();
    private final List<Effect> effects = new ArrayList<>();
    private final List<Effect> orders = new ArrayList<>();
    private long now;
    private long lastPid = 100;
    private long lastRequest;
    private Memory memory = Memory.EMPTY;
    private final List<Event> heldStarts = new ArrayList<>();
    private @Nullable String refusal;
    private Ledger.@Nullable Mode mode = Ledger.Mode.STEERED;
    private @Nullable String misfit;
    private boolean holdsShares;
    private boolean holdsStarts;
    private boolean diskIsFull;
    private boolean witnessSleeps;
    /** Those that have listeners to open before they are ready. */
    private final Set<WorkerId> declared = new HashSet<>();

    private final Map<WorkerId, Event.DrainWatched> censuses = new TreeMap<>();
    private final Map<WorkerId, DrainAccount> accounts = new TreeMap<>();

    Stage(SpecDraft... services) {
        this(configuration(services));
    }

    private Stage(Configuration configuration) {
        this.configuration = configuration;
        this.core = new Supervisor(configuration);
    }

    /** A supervisor that has been booted and whose workers have all said that they are ready. */
    static Stage serving(SpecDraft... services) {
        Stage stage = new Stage(services).boot();
        List.copyOf(stage.processes.keySet()).forEach(worker -> stage.comesUp(worker.toString()));
        stage.orders.clear();
        return stage;
    }

    static Configuration configuration(SpecDraft... services) {
        return new Configuration(
                Path.of("/run/control.sock"),
                Path.of("/var/lib"),
                Arrays.stream(services)
                        .map(SpecDraft::spec)
                        .collect(Collectors.toMap(ServiceSpec::name, spec -> spec, (one, same) -> one, TreeMap::new)));
    }

    Stage boot() {
        return boot(Memory.EMPTY);
    }

    Stage boot(Memory remembered) {
        performed(core.boot(remembered, now, wall()));
        happens(new Event.Tick());
        return this;
    }

    /** The supervisor dies; the next one, started with {@code services}, finds the processes that run. Not booted yet. */
    Stage crash(SpecDraft... services) {
        Stage next = new Stage(services.length == 0 ? configuration : configuration(services));
        next.processes.putAll(processes);
        next.now = now;
        next.lastPid = lastPid;
        next.memory = memory.withGenerations(memory.generations().stream()
                .map(this::stillRunning)
                .filter(generation -> !generation.processes().isEmpty())
                .toList());
        return next;
    }

    private Remembered stillRunning(Remembered generation) {
        Map<Integer, ProcessId> running = new TreeMap<>(generation.processes());
        running.values().retainAll(processes.values());
        return generation.withProcesses(running);
    }

    /** Boots with what the supervisor before remembered. */
    Stage adopt() {
        return boot(memory);
    }

    /** A process that ends while no supervisor looks. */
    void dies(String worker) {
        processes.remove(id(worker));
    }

    Memory memory() {
        return memory;
    }

    /** From now on steering answers at once, and in this mode; not at all where it is null. */
    Stage steering(Ledger.@Nullable Mode newMode) {
        mode = newMode;
        return this;
    }

    /** From now on nobody is steered back to, for this reason; or all are, where it is null. */
    void refuseToSteerBack(@Nullable String reason) {
        misfit = reason;
    }

    /** The witness does not answer any more. */
    void witnessSleeps() {
        witnessSleeps = true;
    }

    /** What the witness will find that a worker holds, and will not see end but by {@link #accounted}. */
    void holds(String worker, long open, boolean endsAtSignal, String between) {
        censuses.put(id(worker), new Event.DrainWatched(id(worker), pid(worker), open, endsAtSignal, between));
        accounts.put(id(worker), DrainAccount.NOTHING);
    }

    /** What the witness will say of a worker that has ended. */
    void account(String worker, DrainAccount account) {
        accounts.put(id(worker), account);
    }

    /** What the witness will say later, it says now. */
    void accounted(String worker, long pid, DrainAccount account) {
        happens(new Event.Accounted(id(worker), pid, account));
    }

    void lingers(String worker, long pid, long open, String holders) {
        happens(new Event.Lingers(id(worker), pid, open, List.of(), holders));
    }

    void notWatched(String worker, String reason) {
        happens(new Event.NotWatched(id(worker), pid(worker), reason));
    }

    private Optional<Event> witnessed(Effect.OfWitness effect) {
        if (effect instanceof Effect.WatchDrain watch) {
            long pid = watch.process().pid();
            return Optional.of(
                    censuses.getOrDefault(watch.worker(), new Event.DrainWatched(watch.worker(), pid, 0, false, "")));
        } else if (effect instanceof Effect.ConcludeDrain conclude) {
            DrainAccount account = accounts.getOrDefault(conclude.worker(), DrainAccount.NOTHING);
            return Optional.of(
                    new Event.Accounted(conclude.worker(), conclude.process().pid(), account));
        }
        return Optional.empty();
    }

    /** From now on no process can be started. */
    void refuseStarts(String reason) {
        refusal = reason;
    }

    /** What was in the way is gone. */
    void acceptStarts() {
        refusal = null;
    }

    /** From now on processes start, but nobody has seen it yet. */
    void holdStarts() {
        holdsStarts = true;
    }

    /** From now on nothing can be saved, or can be again. */
    void fillDisk(boolean full) {
        diskIsFull = full;
    }

    /** From now on the kernel has those wait who ask for their whole share of the CPU. */
    void holdShares() {
        holdsShares = true;
    }

    void shareRestored(String worker) {
        happens(new Event.ShareRestored(id(worker), pid(worker)));
    }

    void reportStarts() {
        holdsStarts = false;
        heldStarts.forEach(this::happens);
        heldStarts.clear();
    }

    void advance(Duration duration) {
        long end = now + duration.toNanos();
        for (int turns = 0; core.nextDeadline() <= end; turns++) {
            assertThat(turns).as("turns within " + duration).isLessThan(10_000);
            now = Math.max(now, core.nextDeadline());
            happens(new Event.Tick());
        }
        now = end;
        happens(new Event.Tick());
    }

    /** Time passes, and the supervisor has not been asked since. */
    void late(Duration duration) {
        now += duration.toNanos();
    }

    /** The time of day, at which the clock that stands still shows 12:00 at first. */
    Instant wall() {
        return NOON.plusNanos(now);
    }

    long nextDeadline() {
        return core.nextDeadline();
    }

    void happens(Event event) {
        inbox.add(event);
        drainInbox();
    }

    private void drainInbox() {
        while (!inbox.isEmpty()) {
            performed(core.handle(inbox.remove(), now, wall()));
        }
    }

    private void performed(List<Effect> turn) {
        assertThat(turn.stream().skip(1)).as("effects after the first").noneMatch(Effect.Save.class::isInstance);
        for (Effect effect : turn) {
            effects.add(effect);
            if (effect instanceof Effect.Save && diskIsFull) {
                inbox.add(new Event.NotSaved());
            } else if (effect instanceof Effect.Save save) {
                memory = save.memory();
            } else if (effect instanceof Effect.StartWorker start) {
                (holdsStarts ? heldStarts : inbox).add(begin(start.worker()));
                if (!start.spec().listen().isEmpty() && start.spec().ready() == ReadyWhen.NOTIFIED) {
                    declared.add(start.worker());
                }
            } else if (effect instanceof Effect.AdoptWorker adopt) {
                assertThat(processes).containsEntry(adopt.worker(), adopt.process());
            } else if (effect instanceof Effect.RestoreShare restore && !holdsShares) {
                inbox.add(new Event.ShareRestored(
                        restore.worker(), restore.process().pid()));
            } else if (effect instanceof Effect.OfWitness ofWitness && !witnessSleeps) {
                witnessed(ofWitness).ifPresent(inbox::add);
            } else if (effect instanceof Effect.Steer steer && mode != null) {
                inbox.add(new Event.Steered(steer.service(), steer.generation(), mode, ""));
            } else if (effect instanceof Effect.Share share && mode != null) {
                inbox.add(new Event.Shared(share.service(), share.generation()));
            } else if (effect instanceof Effect.SteerBack back && mode != null) {
                inbox.add(
                        misfit == null
                                ? new Event.Steered(back.service(), back.generation(), Ledger.Mode.STEERED, "")
                                : new Event.Unfit(back.service(), back.generation(), misfit));
            } else if (effect instanceof Effect.HoldOff hold && mode != null) {
                inbox.add(
                        misfit == null
                                ? new Event.PutOnHold(hold.service(), hold.request())
                                : new Event.NotPutOnHold(hold.service(), hold.request(), misfit));
            } else if (effect instanceof Effect.LetIn letIn && mode != null) {
                inbox.add(new Event.TakenOffHold(letIn.service(), letIn.request(), 7, ""));
            } else if (effect instanceof Effect.WarmUp warmUp && mode != null) {
                inbox.add(new Event.WarmedUp(warmUp.service(), warmUp.generation(), true, "warm"));
            } else if (effect instanceof Effect.GiveUp giveUp && mode != null) {
                inbox.add(new Event.Steered(giveUp.service(), giveUp.generation(), Ledger.Mode.PLAIN, "as configured"));
            } else if (effect instanceof Effect.Quiesce quiesce && mode != null) {
                inbox.add(new Event.Quiesced(quiesce.service(), quiesce.generation(), true, ""));
            } else if (effect instanceof Effect.Release release && mode != null) {
                Ledger ledger = new Ledger(mode, "", List.of(), Ledger.Counters.ZERO, List.of());
                inbox.add(new Event.Released(release.service(), release.generation(), ledger));
            }
            orders.add(effect);
        }
        if (core.nextDeadline() > now && !diskIsFull) { // else this is not the whole of it
            assertThat(remembered())
                    .as("what is saved, against what status shows")
                    .isEqualTo(shown());
        }
    }

    private Event begin(WorkerId worker) {
        if (refusal != null) {
            return new Event.NotStarted(worker, refusal);
        }
        ProcessId process = new ProcessId(++lastPid, lastPid * 10);
        processes.put(worker, process);
        return new Event.Started(worker, process);
    }

    private List<String> remembered() {
        return memory.generations().stream()
                .map(one -> one.spec().name() + " " + one.id() + " " + one.state() + " "
                        + one.processes().entrySet().stream()
                                .filter(process -> process.getKey() > 0) // others are shown by no status
                                .map(process -> process.getValue().pid())
                                .toList())
                .toList();
    }

    private List<String> shown() {
        return services().stream()
                .flatMap(service -> service.generations().stream()
                        .map(one -> service.service() + " " + one.id() + " "
                                + Invariants.remembered(one.state()) + " "
                                + one.workers().stream()
                                        .flatMap(worker -> worker.pid().stream().boxed())
                                        .toList()))
                .toList();
    }

    private static WorkerId id(String worker) {
        String[] parts = worker.replace("/before-start", "/w" + WorkerId.BEFORE_START)
                .replace("/after-flip", "/w" + WorkerId.AFTER_FLIP)
                .split("/[gw]");
        return new WorkerId(
                new ServiceName(parts[0]), new GenerationId(Integer.parseInt(parts[1])), Integer.parseInt(parts[2]));
    }

    long pid(String worker) {
        return Optional.ofNullable(processes.get(id(worker))).orElseThrow().pid();
    }

    void ready(String... workers) {
        for (String worker : workers) {
            happens(new Event.SaidReady(id(worker), pid(worker)));
        }
    }

    /** It says that it is ready, and its declared listeners exist. */
    void comesUp(String worker) {
        ready(worker);
        if (declared.contains(id(worker))) {
            listens(worker);
        }
    }

    void listens(String worker) {
        happens(new Event.Listening(id(worker), pid(worker)));
    }

    void listensNot(String worker, String missing) {
        happens(new Event.NotListening(id(worker), pid(worker), missing, false));
    }

    void misfits(String worker, String missing) {
        happens(new Event.NotListening(id(worker), pid(worker), missing, true));
    }

    void joins(String worker) {
        happens(new Event.Joined(id(worker), pid(worker)));
    }

    void connections(String worker, long open) {
        happens(new Event.SaidConnections(id(worker), pid(worker), open));
    }

    void alive(String worker) {
        happens(new Event.SaidAlive(id(worker), pid(worker)));
    }

    void failed(String worker) {
        happens(new Event.SaidFailed(id(worker), pid(worker)));
    }

    void says(String worker, String status) {
        happens(new Event.SaidStatus(id(worker), pid(worker), status));
    }

    void asksForTime(String worker, Duration by) {
        happens(new Event.SaidExtends(id(worker), pid(worker), by));
    }

    void leaves(String worker) {
        happens(new Event.SaidDraining(id(worker), pid(worker)));
    }

    void done(String worker) {
        happens(new Event.SaidDone(id(worker), pid(worker)));
    }

    void seen(String worker, long open) {
        seen(worker, open, true);
    }

    void seen(String worker, long open, List<OpenConnection> oldest) {
        happens(new Event.SeenConnections(id(worker), pid(worker), open, oldest, true));
    }

    /** @param quiet whether no datagram has come to it for long enough */
    void seen(String worker, long open, boolean quiet) {
        happens(new Event.SeenConnections(id(worker), pid(worker), open, List.of(), quiet));
    }

    void notTold(String worker) {
        happens(new Event.NotTold(id(worker), pid(worker)));
    }

    void exits(String worker, int code, String... lastLines) {
        long pid = pid(worker);
        processes.remove(id(worker));
        happens(new Event.Exited(id(worker), pid, new Exit.Code(code), List.of(lastLines)));
    }

    /** A worker that drains as it was told to. */
    void drains(String... workers) {
        for (String worker : workers) {
            done(worker);
            exits(worker, 0);
        }
    }

    private <T extends Effect> Stream<T> all(Class<T> kind) {
        return effects.stream().filter(kind::isInstance).map(kind::cast);
    }

    RequestId ask(Request request) {
        RequestId id = new RequestId(++lastRequest);
        happens(new Event.Requested(id, request));
        return id;
    }

    /** Reloads all, from a configuration of these services. */
    RequestId reload(SpecDraft... services) {
        return ask(new Request.Reload(configuration(services), Optional.empty(), OPERATOR));
    }

    RequestId reloadOnly(String service, SpecDraft... services) {
        return ask(new Request.Reload(configuration(services), Optional.of(new ServiceName(service)), OPERATOR));
    }

    RequestId rollBack(String service) {
        return ask(new Request.Rollback(Optional.of(new ServiceName(service)), OPERATOR));
    }

    RequestId decide(CanaryDecision decision) {
        return ask(new Request.DecideCanary(Optional.empty(), decision, OPERATOR));
    }

    /** Of whichever service has a generation that stands by. */
    RequestId rollBack() {
        return ask(new Request.Rollback(Optional.empty(), OPERATOR));
    }

    RequestId hold(String service, Duration most) {
        return ask(new Request.Hold(new ServiceName(service), most, OPERATOR));
    }

    RequestId endHold(String service) {
        return ask(new Request.EndHold(new ServiceName(service), OPERATOR));
    }

    RequestId restart(String service) {
        return ask(new Request.Restart(new ServiceName(service), OPERATOR));
    }

    /** What was accepted of a request. */
    List<String> accepted(RequestId id) {
        return all(Effect.Accept.class)
                .filter(accept -> accept.request().equals(id))
                .map(Effect.Accept::text)
                .toList();
    }

    RequestId scale(String service, int workers) {
        return ask(new Request.Scale(new ServiceName(service), workers, OPERATOR));
    }

    RequestId signal(String service, Signal signal, @Nullable Integer worker, @Nullable Integer generation) {
        return ask(new Request.SendSignal(
                new ServiceName(service),
                signal,
                Optional.ofNullable(worker),
                Optional.ofNullable(generation).map(GenerationId::new),
                OPERATOR));
    }

    /** To whom a signal was to be sent, such as {@code SIGHUP to web/g1/w1}, and who could not have it. */
    List<String> signalled(RequestId id) {
        return all(Effect.AnswerSignalled.class)
                .filter(answer -> answer.request().equals(id))
                .flatMap(answer -> Stream.concat(
                        new TreeMap<>(answer.workers())
                                .entrySet().stream()
                                        .map(one -> answer.signal() + " to " + answer.to() + " of " + one.getKey()
                                                + " as " + one.getValue().pid()),
                        answer.absent().stream().map(worker -> worker + " is absent")))
                .toList();
    }

    RequestId stop(String service) {
        return ask(new Request.Stop(new ServiceName(service), OPERATOR));
    }

    RequestId start(String service, SpecDraft... services) {
        return ask(new Request.Start(configuration(services), new ServiceName(service), OPERATOR));
    }

    RequestId shutdown() {
        return ask(new Request.Shutdown());
    }

    List<ServiceStatus> status(RequestId id) {
        return all(Effect.AnswerStatus.class)
                .filter(answer -> answer.request().equals(id))
                .map(Effect.AnswerStatus::services)
                .findFirst()
                .orElseThrow();
    }

    boolean isAnswered(RequestId id) {
        return all(Effect.Answer.class).anyMatch(answer -> answer.request().equals(id));
    }

    Reply answer(RequestId id) {
        List<Reply> answers = all(Effect.Answer.class)
                .filter(answer -> answer.request().equals(id))
                .map(Effect.Answer::reply)
                .toList();
        assertThat(answers).as("answers to " + id).hasSize(1);
        return answers.get(0);
    }

    String refusal(RequestId id) {
        return answer(id) instanceof Reply.Refused refused
                ? refused.reason() + ": " + refused.message()
                : "not refused";
    }

    List<ReloadReport> reports(RequestId id) {
        return ((Reply.Reloaded) answer(id)).reports();
    }

    ReloadReport report(RequestId id) {
        assertThat(reports(id)).hasSize(1);
        return reports(id).get(0);
    }

    /** What its caller was told on the way, such as {@code START of 2 began}. */
    List<String> progress(RequestId id) {
        return all(Effect.Tell.class)
                .filter(tell -> tell.request().equals(id))
                .map(Effect.Tell::progress)
                .map(step -> step.phase() + " of " + step.generation() + " "
                        + step.ended().map(ended -> ended.end().toString()).orElse("began"))
                .toList();
    }

    /** What workers' processes were told, or were to be told, since it was last asked. */
    List<String> orders() {
        List<String> taken =
                orders.stream().flatMap(effect -> text(effect).stream()).toList();
        orders.clear();
        return taken;
    }

    private static Optional<String> text(Effect effect) {
        if (effect instanceof Effect.StartWorker start) {
            return Optional.of("start " + start.worker());
        } else if (effect instanceof Effect.AdoptWorker adopt) {
            return Optional.of("adopt " + adopt.worker());
        } else if (effect instanceof Effect.LowerShare lower) {
            return Optional.of("low share to " + lower.worker());
        } else if (effect instanceof Effect.RestoreShare restore) {
            return Optional.of("whole share to " + restore.worker());
        } else if (effect instanceof Effect.SendSignal send) {
            String whom = send.to() == SignalsTo.GROUP ? "the group of " : "";
            return Optional.of(send.signal() + " to " + whom + send.worker());
        } else if (effect instanceof Effect.TellDrain tell) {
            return Optional.of("DRAIN " + Durations.text(tell.left()) + " to " + tell.worker());
        } else if (effect instanceof Effect.WatchListeners watch) {
            return Optional.of("watch " + watch.worker());
        } else {
            return Optional.empty();
        }
    }

    List<Effect> effects() {
        return List.copyOf(effects);
    }

    List<String> log() {
        return all(Effect.Log.class)
                .map(line -> line.severity() + " " + line.text())
                .toList();
    }

    boolean hasLeft() {
        return all(Effect.Leave.class).count() > 0;
    }

    boolean hasEnded() {
        return all(Effect.End.class).count() > 0;
    }

    /** Whether another program has been let take its place. */
    boolean gaveWay() {
        return all(Effect.GiveWay.class).count() > 0;
    }

    Effect.Announce announced() {
        return all(Effect.Announce.class).reduce((earlier, later) -> later).orElseThrow();
    }

    List<ServiceStatus> services() {
        List<Effect> turn = core.handle(
                new Event.Requested(new RequestId(-1), new Request.Status(Optional.empty(), Optional.empty())),
                now,
                wall());
        assertThat(turn).as("what a status request leads to").singleElement().isInstanceOf(Effect.AnswerStatus.class);
        return ((Effect.AnswerStatus) turn.get(0)).services();
    }

    ServiceStatus service(String name) {
        return services().stream()
                .filter(service -> service.service().value().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Such as {@code 1 DRAINING}, {@code 2 SERVING}. */
    List<String> generations(String service) {
        return service(service).generations().stream()
                .map(one -> one.id() + " " + one.state())
                .toList();
    }

    /** Such as {@code web/g1/w1 READY}. */
    List<String> workers(String service) {
        return service(service).generations().stream()
                .map(GenerationStatus::workers)
                .flatMap(List::stream)
                .map(worker -> worker.id() + " " + worker.state())
                .toList();
    }

    WorkerStatus worker(String worker) {
        return service(id(worker).service().value()).generations().stream()
                .map(GenerationStatus::workers)
                .flatMap(List::stream)
                .filter(one -> one.id().equals(id(worker)))
                .findFirst()
                .orElseThrow();
    }
}
