package dev.handover.supervisor.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.CanaryOrder;
import dev.handover.supervisor.terms.CanarySpec;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.HealthAnswer;
import dev.handover.supervisor.terms.HealthSpec.Then;
import dev.handover.supervisor.terms.HealthStatus;
import dev.handover.supervisor.terms.IfBusy;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.MetricSpec;
import dev.handover.supervisor.terms.Percentage;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Report.ServiceStatus;
import dev.handover.supervisor.terms.Report.WorkerStatus;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.Request.CanaryDecision;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SpecDraft;
import dev.handover.supervisor.terms.WorkerId;
import dev.handover.supervisor.terms.WorkerState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Everything around a supervisor, at random: processes that get ready, die, hang and ignore signals, people who ask for
 * things at the wrong time, words that arrive late or twice, a clock that jumps, and crashes of the supervisor itself.
 */
final class World {
    private static final List<String> SERVICES = List.of("dns", "mail", "web");
    private static final Exit CRASH = new Exit.Code(1);

    /** Short, so that it gets to its end in many worlds. */
    private static final CanarySpec CANARY = new CanarySpec(
            List.of(),
            List.of(Percentage.parse("1%"), Percentage.parse("50%")),
            Duration.ofSeconds(1),
            CanarySpec.End.PROMOTE,
            true,
            Optional.of(new MetricSpec(List.of("./rate"), Duration.ofSeconds(4), Duration.ofSeconds(2), 2)));

    private final Random random;
    /** Less is asked for, and less goes wrong, so that what takes long comes to its end. */
    private final boolean calm;

    private final Map<Long, FakeProcess> running = new TreeMap<>();
    private final List<FakeProcess> dead = new ArrayList<>();
    /** Seen, but not yet told to the supervisor; told in any order. */
    private final List<Event> underWay = new ArrayList<>();

    /** The pids of those that were given a low share of the CPU, and not yet the whole one. */
    private final Set<Long> low = new TreeSet<>();

    private final Deque<Event> starts = new ArrayDeque<>();
    private final Invariants invariants = new Invariants(Memory.EMPTY);

    private record Happened(long at, Object what) {}

    /** The last that happened, for whoever looks into a failure. */
    private final Deque<Happened> story = new ArrayDeque<>();

    private Configuration file;
    private Supervisor core;
    private long now;
    private long lastPid = 100;
    private long lastRequest;
    private boolean crashing;
    private boolean ended;

    World(long seed) {
        random = new Random(seed);
        calm = random.nextInt(3) > 0;
        file = randomFile();
        core = new Supervisor(file);
        perform(core.boot(Memory.EMPTY, now, Instant.EPOCH));
    }

    Set<String> moves() {
        return invariants.moves();
    }

    boolean hasEnded() {
        return ended;
    }

    void step() {
        int dice = random.nextInt(1000);
        if (dice < 550) {
            arrive();
        } else if (dice < 900) {
            any(List.copyOf(running.values()), this::live);
        } else if (dice < 940) {
            passTime();
        } else if (dice < 960) {
            any(dead, process -> underWay.add(process.word(random)));
        } else if (dice < (calm ? 976 : 960)) {
            passTime();
        } else if (dice < 980) {
            reload();
        } else if (dice < 985) {
            ask(new Request.Start(file, anyService(), "the simulation"));
        } else if (dice < 990) {
            decideCanary();
        } else if (dice < 993) {
            hold();
        } else if (!calm || random.nextInt(4) == 0) {
            trouble();
        }
        check();
    }

    private void trouble() {
        switch (random.nextInt(20)) {
            case 0, 1 -> {
                ServiceName service = anyService();
                invariants.stopAskedOf(service);
                ask(new Request.Stop(service, "nobody"));
            }
            case 2 -> crash();
            case 3 -> crashing = true;
            case 4 -> ask(new Request.Shutdown());
            case 5 -> handle(new Event.LeaveAsked());
            case 6 -> {
                if (random.nextBoolean()) {
                    handle(new Event.StopNow());
                }
            }
            case 7, 8, 9, 10 ->
                ask(new Request.Rollback(
                        random.nextBoolean() ? Optional.of(anyService()) : Optional.empty(), "nobody"));
            case 13 -> signal();
            case 16 ->
                ask(
                        random.nextBoolean()
                                ? new Request.Restart(anyService(), "nobody")
                                : new Request.Scale(anyService(), 1 + random.nextInt(4), "nobody"));
            default -> any(List.copyOf(running.values()), this::end);
        }
    }

    /** One is on for a short time, so this is asked for often. */
    private void hold() {
        switch (random.nextInt(3)) {
            case 0 -> ask(new Request.EndHold(anyService(), "nobody"));
            case 1 -> handle(new Event.CallerLeft(new RequestId(1 + random.nextInt((int) lastRequest + 1))));
            default -> ask(new Request.Hold(anyService(), Duration.ofSeconds(1 + random.nextInt(60)), "nobody"));
        }
    }

    /** A canary is there for a short time, so this is asked for often. */
    private void decideCanary() {
        ask(new Request.DecideCanary(
                random.nextBoolean() ? Optional.of(anyService()) : Optional.empty(),
                any(CanaryDecision.values()),
                "nobody"));
    }

    private void signal() {
        Optional<Integer> worker = random.nextBoolean() ? Optional.of(1 + random.nextInt(3)) : Optional.empty();
        ask(new Request.SendSignal(anyService(), Signal.HUP, worker, Optional.empty(), "nobody"));
    }

    private <T> void any(List<T> all, Consumer<T> action) {
        if (!all.isEmpty()) {
            action.accept(all.get(random.nextInt(all.size())));
        }
    }

    private <T> T any(T[] all) {
        return all[random.nextInt(all.length)];
    }

    private ServiceName anyService() {
        return new ServiceName(SERVICES.get(random.nextInt(SERVICES.size())));
    }

    private Configuration randomFile() {
        TreeMap<ServiceName, ServiceSpec> services = new TreeMap<>();
        List<String> order = new ArrayList<>(SERVICES);
        Collections.shuffle(order, random); // each file has another order, so that what runs may go round in a circle
        for (String name : SERVICES) {
            if (services.isEmpty() || random.nextInt(20) > 0) {
                SpecDraft draft = SpecDraft.service(name).workers(1 + random.nextInt(3));
                draft = !calm && random.nextBoolean() ? draft : draft.listen("tcp://127.0.0.1:80");
                draft = random.nextInt(4) > 0 ? draft : draft.readyWhenListening();
                draft = random.nextInt(3) > 0 ? draft : draft.drainBy(Signal.QUIT);
                draft = random.nextInt(3) > 0 ? draft : draft.drain(new DrainBy.Idle());
                draft = random.nextInt(3) > 0 ? draft : draft.heartbeat(Duration.ofSeconds(10));
                draft = random.nextInt(3) > 0 ? draft : draft.warmedUp();
                draft = random.nextInt(3) > 0
                        ? draft
                        : draft.health(random.nextBoolean() ? Then.STEER_AWAY : Then.RESTART);
                draft = random.nextInt(3) > 0 ? draft : draft.mostRestarts(random.nextInt(4));
                draft = random.nextInt(3) > 0 ? draft : draft.expectedExits(1);
                draft = random.nextInt(3) > 0 ? draft : draft.beforeStart();
                draft = random.nextBoolean() ? draft : draft.startsLow();
                draft = random.nextInt(3) > 0 ? draft : draft.afterFlip();
                draft = random.nextInt(3) > 0 ? draft.standby(Duration.ofSeconds(1 + random.nextInt(60))) : draft;
                draft = random.nextBoolean() ? draft : draft.canary(CANARY);
                draft = random.nextBoolean() ? draft : draft.maxGenerations(2 + random.nextInt(3));
                draft = random.nextInt(3) > 0 ? draft : draft.drainSpread(Duration.ofSeconds(1 + random.nextInt(20)));
                draft = random.nextInt(3) > 0
                        ? draft
                        : draft.after(order.subList(0, order.indexOf(name)).toArray(String[]::new));
                services.put(new ServiceName(name), draft.spec());
            }
        }
        Configuration any = Stage.configuration(SpecDraft.service("any"));
        return new Configuration(any.control(), any.state(), services);
    }

    private void reload() {
        file = randomFile();
        Optional<ServiceName> named = random.nextBoolean() ? Optional.of(anyService()) : Optional.empty();
        if (named.isEmpty()) {
            SERVICES.stream()
                    .map(ServiceName::new)
                    .filter(service -> !file.services().containsKey(service))
                    .forEach(invariants::stopAskedOf);
        }
        ask(new Request.Reload(file, named, CanaryOrder.AS_CONFIGURED, any(IfBusy.values()), "the simulation"));
    }

    private void ask(Request request) {
        RequestId id = new RequestId(++lastRequest);
        invariants.asked(id);
        handle(new Event.Requested(id, request));
    }

    private void live(FakeProcess process) {
        if (!process.isSaved()) {
            return;
        }
        boolean soon = process.isToldToEnd() || !process.worker().isWorker();
        boolean ends = random.nextInt(soon ? 4 : calm ? 10_000 : 500) == 0;
        if (ends) {
            end(process);
        } else {
            underWay.add(process.word(random));
        }
    }

    private void end(FakeProcess process) {
        running.remove(process.id().pid());
        dead.add(process);
        boolean done = !process.worker().isWorker() && random.nextInt(4) > 0;
        underWay.add(new Event.Exited(
                process.worker(), process.id().pid(), done ? new Exit.Code(0) : CRASH, List.of("the end")));
    }

    /** Something that is under way arrives; starts arrive in their order, before all else of their process. */
    private void arrive() {
        if (!starts.isEmpty() && (underWay.isEmpty() || random.nextBoolean())) {
            reportStart();
        } else if (!underWay.isEmpty()) {
            handle(underWay.remove(random.nextInt(underWay.size())));
        }
    }

    private void reportStart() {
        handle(starts.remove());
    }

    private void reportStarts() {
        while (!starts.isEmpty()) {
            reportStart();
        }
    }

    private void passTime() {
        reportStarts();
        long deadline = core.nextDeadline();
        if (deadline < Long.MAX_VALUE && random.nextInt(8) == 0) {
            now = Math.max(
                    now, deadline + random.nextInt(2) * Duration.ofSeconds(7).toNanos());
        } else {
            now += Duration.ofMillis(random.nextInt(2000)).toNanos();
        }
        handle(new Event.Tick());
    }

    String story() {
        return story.stream()
                .map(one -> Duration.ofNanos(one.at()) + (one.what() instanceof Event ? " <- " : " -> ") + one.what())
                .map(line -> line.replaceAll("(Configuration|ServiceSpec)\\[.*", "…"))
                .collect(Collectors.joining("\n"));
    }

    private void tell(long at, Object what) {
        if (story.size() == 80) {
            story.remove();
        }
        story.add(new Happened(at, what));
    }

    private void handle(Event event) {
        tell(now, event);
        invariants.happens(event);
        perform(core.handle(event, now, Instant.EPOCH));
    }

    private void perform(List<Effect> effects) {
        int survived = crashing ? random.nextInt(effects.size() + 1) : effects.size();
        for (int index = 0; index < survived; index++) {
            invariants.performed(effects.get(index), index == 0, now);
            perform(effects.get(index));
        }
        if (crashing) {
            crash();
        }
    }

    private void perform(Effect effect) {
        if (!(effect instanceof Effect.Save || effect instanceof Effect.Tell || effect instanceof Effect.Announce)) {
            tell(now, effect);
        }
        if (effect instanceof Effect.StartWorker start) {
            start(start.worker());
        } else if (effect instanceof Effect.SendSignal send) {
            FakeProcess process = running.get(send.process().pid());
            if (process != null) {
                assertThat(process.worker()).isEqualTo(send.worker());
                process.take(send.signal());
                if (send.signal() == Signal.KILL && !process.isUnkillable()) {
                    end(process);
                }
            }
        } else if (effect instanceof Effect.TellDrain tell) {
            FakeProcess process = running.get(tell.process().pid());
            if (process != null) {
                process.toldToDrain();
            }
        } else if (effect instanceof Effect.AdoptWorker adopt) {
            assertThat(running.get(adopt.process().pid())).isNotNull();
            low.remove(adopt.process().pid());
        } else if (effect instanceof Effect.LowerShare lower) {
            low.add(lower.process().pid());
        } else if (effect instanceof Effect.RestoreShare restore) {
            low.remove(restore.process().pid());
            sometimes(
                    new Event.ShareRestored(restore.worker(), restore.process().pid()));
        } else if (effect instanceof Effect.Save save) {
            save.memory().generations().stream()
                    .flatMap(one -> one.processes().values().stream())
                    .map(process -> running.get(process.pid()))
                    .filter(Objects::nonNull)
                    .forEach(FakeProcess::saved);
        } else if (effect instanceof Effect.OfWitness ofWitness) {
            witnessed(ofWitness);
        } else if (effect instanceof Effect.WarmUp warmUp) {
            sometimes(new Event.WarmedUp(warmUp.service(), warmUp.generation(), random.nextBoolean(), "as it may be"));
        } else if (effect instanceof Effect.AskHealth ask) {
            List<HealthAnswer> answers = List.of(HealthAnswer.values());
            HealthAnswer answer = answers.get(random.nextInt(answers.size()));
            sometimes(new Event.HealthSeen(ask.worker(), ask.process().pid(), ask.number(), answer, "as it may be"));
        } else if (effect instanceof Effect.AskMetric ask) {
            List<HealthAnswer> answers = List.of(HealthAnswer.values());
            HealthAnswer answer = answers.get(random.nextInt(answers.size()));
            sometimes(new Event.MetricSeen(ask.service(), ask.generation(), ask.number(), answer, "as it may be"));
        } else if (effect instanceof Effect.Steer steer) {
            steered(steer);
        } else if (effect instanceof Effect.Share share) {
            sometimes(
                    random.nextInt(8) > 0
                            ? new Event.Shared(share.service(), share.generation())
                            : new Event.Unfit(share.service(), share.generation(), "it has ended"));
            compared(share);
        } else if (effect instanceof Effect.SteerBack back) {
            boolean fits = random.nextInt(8) > 0;
            sometimes(
                    fits
                            ? new Event.Steered(back.service(), back.generation(), Ledger.Mode.STEERED, "")
                            : new Event.Unfit(back.service(), back.generation(), "it has ended"));
        } else if (effect instanceof Effect.HoldOff hold) {
            sometimes(
                    random.nextInt(8) > 0
                            ? new Event.PutOnHold(hold.service(), hold.request())
                            : new Event.NotPutOnHold(hold.service(), hold.request(), "it is not steered"));
        } else if (effect instanceof Effect.LetIn letIn) {
            sometimes(new Event.TakenOffHold(letIn.service(), letIn.request(), 0, ""));
        } else if (effect instanceof Effect.Quiesce quiesce) {
            boolean empty = random.nextBoolean();
            sometimes(new Event.Quiesced(quiesce.service(), quiesce.generation(), empty, "as it may be"));
        } else if (effect instanceof Effect.Release release) {
            Ledger ledger = new Ledger(Ledger.Mode.STEERED, "", List.of(), Ledger.Counters.ZERO, List.of());
            sometimes(new Event.Released(release.service(), release.generation(), ledger));
        } else if (effect instanceof Effect.End) {
            ended = true;
        } else if (effect instanceof Effect.Leave) {
            assertThat(running.values()).as("what is left").allMatch(FakeProcess::isSaved);
            crashing = true;
        }
    }

    /** Some canaries answer nobody. */
    private void compared(Effect.Share share) {
        int unanswered = random.nextInt(4) == 0 ? 100 : 0;
        Event.Compared seen = new Event.Compared(
                share.service(), share.generation(), JudgeTest.answers(unanswered, 100), JudgeTest.answers(0, 100));
        underWay.add(seen);
        underWay.add(seen);
    }

    private void witnessed(Effect.OfWitness effect) {
        if (effect instanceof Effect.WatchDrain watch) {
            long pid = watch.process().pid();
            sometimes(
                    random.nextInt(8) == 0
                            ? new Event.NotWatched(watch.worker(), pid, "nobody looks")
                            : new Event.DrainWatched(
                                    watch.worker(), pid, random.nextInt(3), random.nextInt(4) == 0, "sh"));
        } else if (effect instanceof Effect.ConcludeDrain conclude) {
            long pid = conclude.process().pid();
            if (random.nextInt(4) == 0) {
                underWay.add(new Event.Lingers(conclude.worker(), pid, 2, List.of(), "its child"));
            }
            sometimes(
                    random.nextInt(8) == 0
                            ? new Event.NotWatched(conclude.worker(), pid, "nobody looks")
                            : new Event.Accounted(conclude.worker(), pid, DrainAccount.NOTHING));
        }
    }

    private void steered(Effect.Steer steer) {
        if (random.nextInt(8) == 0) {
            sometimes(new Event.Unfit(steer.service(), steer.generation(), "another family"));
        } else {
            List<Ledger.Mode> modes = List.of(Ledger.Mode.values());
            Ledger.Mode mode = random.nextInt(3) > 0 ? Ledger.Mode.STEERED : modes.get(random.nextInt(modes.size()));
            sometimes(new Event.Steered(steer.service(), steer.generation(), mode, "as it may be"));
        }
    }

    /** Steering answers, but for a time now and then. */
    private void sometimes(Event answer) {
        if (random.nextInt(10) > 0) {
            underWay.add(answer);
        }
    }

    private void start(WorkerId worker) {
        assertThat(running.values())
                .filteredOn(
                        process -> !process.isUnkillable() && process.worker().equals(worker))
                .as("processes of " + worker + " at its start")
                .isEmpty();
        if (random.nextInt(200) == 0) {
            starts.add(new Event.NotStarted(worker, "no such file"));
            return;
        }
        ProcessId id = new ProcessId(++lastPid, lastPid);
        running.put(id.pid(), new FakeProcess(worker, id, random));
        starts.add(new Event.Started(worker, id));
    }

    /** The supervisor dies between two events, or in the middle of performing what it decided; another one boots. */
    private void crash() {
        crashing = false;
        // Left out here: a process whose start has not come to be saved is an orphan then.
        running.values().removeIf(process -> !process.isSaved());
        starts.clear();
        underWay.clear();
        Memory memory = stillRunning(invariants.memory());
        Set<ServiceName> inFile = file.services().keySet();
        TreeSet<ServiceName> adopted = new TreeSet<>();
        memory.generations().stream()
                .filter(one -> one.state() == GenerationState.SERVING)
                .map(one -> one.spec().name())
                .filter(inFile::contains)
                .filter(name -> !memory.stopped().containsKey(name))
                .forEach(adopted::add);
        invariants.crashed(adopted);
        tell(now, "the supervisor crashes; the next one finds serving: " + adopted);
        if (!ended) {
            core = new Supervisor(file);
            perform(core.boot(memory, now, Instant.EPOCH));
            handle(new Event.Tick());
        }
    }

    @Override
    public String toString() {
        return now + " " + lastPid + " " + invariants.memory();
    }

    private Memory stillRunning(Memory memory) {
        return memory.withGenerations(memory.generations().stream()
                .map(one -> {
                    Map<Integer, ProcessId> processes = new TreeMap<>(one.processes());
                    processes.values().removeIf(process -> !running.containsKey(process.pid()));
                    return one.withProcesses(processes);
                })
                .filter(one -> !one.processes().isEmpty())
                .toList());
    }

    private void check() {
        if (core.nextDeadline() > now) {
            List<ServiceStatus> services = services();
            invariants.check(services, core.nextDeadline());
            assertThat(services.stream()
                            .flatMap(service -> service.generations().stream())
                            .filter(generation -> generation.workers().stream().anyMatch(World::isSetAside)))
                    .as("generations with a worker that is set aside")
                    .allMatch(generation -> generation.workers().stream().anyMatch(World::isHealthy));
            assertThat(services.stream()
                            .flatMap(service -> service.generations().stream())
                            .flatMap(generation -> generation.workers().stream())
                            .filter(worker -> worker.state() == WorkerState.READY)
                            .flatMap(worker -> worker.pid().stream().boxed())
                            .filter(low::contains))
                    .as("workers that are ready at a low share of the CPU")
                    .isEmpty();
        }
    }

    private static boolean isSetAside(WorkerStatus worker) {
        return worker.health().filter(HealthStatus::aside).isPresent();
    }

    private static boolean isHealthy(WorkerStatus worker) {
        return worker.state() == WorkerState.READY
                && worker.health()
                        .filter(health -> health.state() == HealthStatus.State.HEALTHY)
                        .isPresent();
    }

    private List<ServiceStatus> services() {
        List<Effect> effects = core.handle(
                new Event.Requested(new RequestId(-1), new Request.Status(Optional.empty(), Optional.empty())),
                now,
                Instant.EPOCH);
        assertThat(effects).hasSize(1);
        return ((Effect.AnswerStatus) effects.get(0)).services();
    }

    /** From here on nobody asks for anything, and no process does anything but obey: every wait must come to its end. */
    void settle() {
        crashing = false;
        for (int turns = 0; invariants.hasUnanswered() && !ended; turns++) {
            assertThat(turns).isLessThan(5_000);
            if (turns % 500 == 0) { // a canary that was paused waits for somebody
                SERVICES.forEach(name -> ask(
                        new Request.DecideCanary(Optional.of(new ServiceName(name)), CanaryDecision.RESUME, "nobody")));
            }
            passOneDeadline();
        }
        if (!ended) {
            ask(new Request.Shutdown());
        }
        for (int turns = 0; !ended; turns++) {
            assertThat(turns).isLessThan(5_000);
            passOneDeadline();
        }
        assertThat(invariants.hasUnanswered())
                .as("requests without an answer at the end")
                .isFalse();
        assertThat(running.values())
                .filteredOn(process -> !process.isUnkillable())
                .as("processes left behind")
                .isEmpty();
    }

    private void passOneDeadline() {
        reportStarts();
        while (!underWay.isEmpty() && !ended) {
            handle(underWay.remove(0));
        }
        reportStarts();
        if (!ended && core.nextDeadline() < Long.MAX_VALUE) {
            now = Math.max(now, core.nextDeadline());
            handle(new Event.Tick());
        }
        check();
    }
}
