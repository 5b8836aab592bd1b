package dev.handover.supervisor.steering;

import dev.handover.supervisor.core.Supervisor;
import dev.handover.supervisor.linux.GroupModel.Fate;
import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.linux.KernelModel;
import dev.handover.supervisor.linux.KernelModel.Answer;
import dev.handover.supervisor.terms.CanaryOrder;
import dev.handover.supervisor.terms.CanarySpec;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.IfBusy;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Percentage;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.Request.CanaryDecision;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SpecDraft;
import dev.handover.supervisor.terms.WorkerId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A supervisor's core and its steering, over a {@link KernelModel} instead of a kernel, with workers, clients that come at any
 * moment, and people who ask for all kinds of things; workers are killed and stand still, and the supervisor itself is killed.
 * Each client's connection is followed from its first SYN to its end.
 *
 * <p>What is not the product's own here: that effects are performed on one thread in the order decided ({@link Steering}), the
 * witness, the doors (warm-up and health), UDP, and a canary's counts.
 */
final class ReloadWorld {
    private static final ServiceName WEB = new ServiceName("web");
    private static final ListenAddress ADDRESS = ListenAddress.parse("tcp://127.0.0.1:80");
    private static final int MOST_TOLD = 400;
    private static final int MOST_TRIES = 7;
    private static final long SETTLED = seconds(900);

    /** A client's connection that has not come to its end. */
    private static final class Client {
        private final int number;
        private final InetSocketAddress source;
        /** How many SYNs it has sent. */
        private int tries;
        /** Whether its handshake has begun, so that the model knows of it. */
        private boolean answered;

        Client(int number, InetSocketAddress source) {
            this.number = number;
            this.source = source;
        }

        @Override
        public String toString() {
            return "client " + number;
        }
    }

    /** Put into words only where somebody asks: there is much of it. */
    private record Told(long at, Object what) {
        @Override
        public String toString() {
            String sign = what instanceof Event ? " <- " : what instanceof Effect ? " -> " : " ";
            return Duration.ofNanos(at) + sign + what.toString().replaceAll("(Configuration|ServiceSpec)\\[.*", "…");
        }
    }

    /** One supervisor, from its start to its end. */
    private final class Life implements Turns {
        private final Supervisor core = new Supervisor(file);
        private final Groups groups = new Groups(kernel);
        private final ServiceSteering steering;
        private boolean over;
        /** When the core is looked at next for what is due. */
        private long armed;
        /** When the last of what steering was asked for will have been done. */
        private long busyUntil;

        Life() {
            steering = new ServiceSteering(
                    WEB,
                    kernel,
                    new Roster(WEB, groups, kernel),
                    event -> post(event, millis(2)),
                    warning -> tell("warning: " + warning),
                    ReloadWorld.this::pass,
                    Steered.NOTHING,
                    new Strangers(kernel, pid -> workers.containsKey(pid), warning -> tell("warning: " + warning)),
                    new Rivals(kernel, pid -> workers.containsKey(pid), warning -> tell("warning: " + warning)),
                    (process, ended) -> {},
                    this);
        }

        @Override
        public long now() {
            return schedule.now();
        }

        @Override
        public void later(long nanos, LongConsumer turn) {
            schedule.later(nanos + upTo(millis(1)), () -> {
                if (!over) {
                    turn.accept(now());
                }
            });
        }

        void post(Event event, long most) {
            schedule.later(upTo(most), () -> handle(event));
        }

        void handle(Event event) {
            if (!over) {
                tell(event);
                noticed(event);
                perform(core.handle(event, now(), wall()));
            }
        }

        void boot(Memory memory) {
            perform(core.boot(memory, now(), wall()));
        }

        private Instant wall() {
            return Instant.EPOCH.plusNanos(now());
        }

        /** As far as it comes. */
        private void perform(List<Effect> effects) {
            for (Effect effect : effects) {
                if (faults && !settling && effects.size() > 1 && random.nextInt(20_000) == 0) {
                    crash("in the middle of what it does");
                }
                if (!over) {
                    ReloadWorld.this.perform(this, effect);
                }
            }
            tick();
        }

        private void tick() {
            long deadline = core.nextDeadline();
            if (!over && deadline < Long.MAX_VALUE && (armed <= now() || deadline < armed)) {
                armed = Math.max(deadline, now() + 1);
                long at = armed;
                schedule.later(at - now(), () -> {
                    if (!over && armed == at) {
                        handle(new Event.Tick());
                    }
                });
            }
        }

        void steer(Effect.OfSteering effect) {
            busyUntil = Math.max(busyUntil, now() + upTo(millis(3)));
            schedule.later(busyUntil - now(), () -> {
                if (!over) {
                    tell("steering is at it:");
                    tell(effect);
                    steering.perform(effect, now());
                }
            });
        }
    }

    private final Random random;
    /** Whether workers and supervisors die, and stand still. */
    private final boolean faults;

    private final Schedule schedule = new Schedule();
    private final KernelModel model;
    private final KernelInMemory kernel;
    /** The last that happened, for whoever looks into a failure. */
    private final Deque<Told> story = new ArrayDeque<>();

    private final Map<Long, SimulatedWorker> workers = new TreeMap<>();
    private final Map<Integer, Client> clients = new TreeMap<>();
    /** The pids of those that were killed, or died by themselves. */
    private final Set<Long> killed = new HashSet<>();

    private final Set<RequestId> unanswered = new HashSet<>();
    private final TreeMap<String, Integer> seen = new TreeMap<>();
    private Configuration file;
    private Memory memory = Memory.EMPTY;
    /** Empty while there is no supervisor. */
    private @Nullable Life life;
    /** As of the last look for who was reset. */
    private long departures;

    private long lastPid = 100;
    private long lastRequest;
    private int lastClient;
    private long lastDeath = -seconds(1000);
    private int reloads;
    private boolean settling;
    private boolean ended;
    /** What ought not to be: a connection that was lost with nobody who was killed. */
    private @Nullable String loss;

    ReloadWorld(long seed) {
        this.random = new Random(seed);
        this.faults = random.nextInt(3) > 0;
        this.model = new KernelModel(random);
        this.kernel = new KernelInMemory(model);
        this.file = anyFile();
        model.meanwhile(this::meanwhile);
        live();
    }

    private void live() {
        Life next = new Life();
        life = next;
        next.boot(stillRunning());
        next.handle(new Event.Tick());
    }

    private Memory stillRunning() {
        return memory.withGenerations(memory.generations().stream()
                .map(one -> {
                    Map<Integer, ProcessId> running = new TreeMap<>(one.processes());
                    running.values().removeIf(process -> !workers.containsKey(process.pid()));
                    return one.withProcesses(running);
                })
                .filter(one -> !one.processes().isEmpty())
                .toList());
    }

    /** Goes on until so many generations have been handed over to, and all have come to their end. */
    void run(int handovers) {
        while (reloads < handovers) {
            step();
        }
        settling = true;
        long began = schedule.now();
        if (life == null) {
            live();
        }
        schedule.later(seconds(10), this::promote);
        while (!(clients.isEmpty() && unanswered.isEmpty())) {
            require(schedule.now() - began < SETTLED, "everything ends: " + clients.values() + " " + unanswered);
            step();
        }
        request(new Request.Shutdown());
        began = schedule.now();
        while (!ended) {
            require(schedule.now() - began < SETTLED, "the supervisor ends");
            step();
        }
        require(workers.isEmpty(), "no process is left: " + workers.values());
    }

    /** A canary that stays as it is waits for somebody. */
    private void promote() {
        if (!ended && !unanswered.isEmpty()) {
            request(new Request.DecideCanary(Optional.of(WEB), CanaryDecision.PROMOTE, "nobody"));
            schedule.later(seconds(10), this::promote);
        }
    }

    private void step() {
        schedule.step();
        if (model.departures() != departures) {
            departures = model.departures();
            lookForResets();
        }
        require(loss == null, String.valueOf(loss));
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    /** What it came to see, and how often. */
    Map<String, Integer> seen() {
        return seen;
    }

    int reloads() {
        return reloads;
    }

    String story() {
        return story.stream().map(Told::toString).collect(Collectors.joining("\n")) + "\n" + model;
    }

    private void tell(Object what) {
        if (story.size() == MOST_TOLD) {
            story.remove();
        }
        story.add(new Told(schedule.now(), what));
    }

    private void count(String what) {
        seen.merge(what, 1, Integer::sum);
    }

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    private static long seconds(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    private long upTo(long nanos) {
        return (long) (random.nextDouble() * nanos);
    }

    private Configuration anyFile() {
        SpecDraft draft =
                SpecDraft.service("web").workers(1 + random.nextInt(4)).listen(ADDRESS);
        draft = random.nextInt(3) > 0 ? draft : draft.readyWhenListening();
        draft = random.nextInt(3) > 0 ? draft : draft.drain(new DrainBy.BySignal(Signal.QUIT));
        draft = random.nextInt(4) > 0 ? draft : draft.standby(Duration.ofSeconds(1 + random.nextInt(20)));
        draft = random.nextInt(4) > 0 ? draft : draft.canary(anyCanary());
        draft = random.nextBoolean() ? draft : draft.maxGenerations(2 + random.nextInt(3));
        ServiceSpec spec = draft.spec();
        return new Configuration(
                Path.of("/run/control.sock"), Path.of("/var/lib"), new TreeMap<>(Map.of(spec.name(), spec)));
    }

    private CanarySpec anyCanary() {
        return new CanarySpec(
                List.of(),
                List.of(Percentage.parse("10%"), Percentage.parse("50%")),
                Duration.ofSeconds(1 + random.nextInt(3)),
                random.nextInt(4) == 0 ? CanarySpec.End.PAUSE : CanarySpec.End.PROMOTE,
                false,
                Optional.empty());
    }

    /** Somebody asks for something, and later for more. */
    private void ask() {
        if (settling) {
            return;
        }
        schedule.later(upTo(seconds(random.nextInt(4) == 0 ? 1 : 12)), this::ask);
        if (life == null) {
            return;
        }
        int dice = random.nextInt(100);
        if (dice < 54) {
            file = anyFile();
            IfBusy[] ways = IfBusy.values();
            IfBusy busy = ways[random.nextInt(ways.length)];
            request(new Request.Reload(file, Optional.empty(), CanaryOrder.AS_CONFIGURED, busy, "the simulation"));
        } else if (dice < 62) {
            request(new Request.Rollback(Optional.of(WEB), "nobody"));
        } else if (dice < 68) {
            CanaryDecision[] all = CanaryDecision.values();
            request(new Request.DecideCanary(Optional.of(WEB), all[random.nextInt(all.length)], "nobody"));
        } else if (dice < 74) {
            request(new Request.Hold(WEB, Duration.ofMillis(1 + random.nextInt(8000)), "nobody"));
        } else if (dice < 76) {
            request(new Request.EndHold(WEB, "nobody"));
        } else if (dice < 80) {
            request(new Request.Restart(WEB, "nobody"));
        } else if (dice < 84) {
            request(new Request.Scale(WEB, 1 + random.nextInt(4), "nobody"));
        } else if (faults && dice < 89) {
            anyWorker().ifPresent(worker -> die(worker, "is killed"));
        } else if (faults && dice < 92) {
            anyWorker().ifPresent(worker -> {
                worker.stoppedUntil = schedule.now() + upTo(seconds(4));
                tell(worker + " stands still");
            });
        } else if (faults && dice < 98) {
            crash("is killed");
        } else if (faults) {
            Objects.requireNonNull(life).handle(new Event.LeaveAsked());
        }
    }

    private void request(Request request) {
        RequestId id = new RequestId(++lastRequest);
        unanswered.add(id);
        count(request.getClass().getSimpleName());
        Objects.requireNonNull(life).handle(new Event.Requested(id, request));
    }

    private Optional<SimulatedWorker> anyWorker() {
        List<SimulatedWorker> all = List.copyOf(workers.values());
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
    }

    private void crash(String how) {
        Life last = life;
        if (last == null) {
            return;
        }
        tell("the supervisor " + how);
        count("supervisor " + how);
        last.over = true;
        life = null;
        unanswered.clear();
        model.endSupervisor();
        for (SimulatedWorker worker : List.copyOf(workers.values())) {
            if (!worker.saved) {
                die(worker, "is no supervisor's");
            }
        }
        schedule.later(millis(300) + upTo(seconds(3)), () -> {
            if (life == null && !ended) {
                live();
            }
        });
    }

    private void perform(Life by, Effect effect) {
        if (effect instanceof Effect.OfSteering steering) {
            by.steer(steering);
        } else if (effect instanceof Effect.OfProcess ofProcess) {
            tell(effect);
            process(by, ofProcess);
        } else if (effect instanceof Effect.TellDrain tell) {
            SimulatedWorker worker = workers.get(tell.process().pid());
            if (worker != null) {
                tell(effect);
                drain(worker);
            }
        } else if (effect instanceof Effect.WatchListeners watch) {
            SimulatedWorker worker = workers.get(watch.process().pid());
            if (worker != null && worker.listens) {
                by.post(new Event.Listening(worker.id, worker.pid()), millis(20));
            }
        } else if (effect instanceof Effect.WatchDrain watch) {
            SimulatedWorker worker = workers.get(watch.process().pid());
            long open = worker == null ? 0 : worker.accepted.size();
            by.post(new Event.DrainWatched(watch.worker(), watch.process().pid(), open, false, ""), millis(5));
        } else if (effect instanceof Effect.ConcludeDrain conclude) {
            by.post(new Event.Accounted(conclude.worker(), conclude.process().pid(), DrainAccount.NOTHING), millis(20));
        } else if (effect instanceof Effect.Answer answer) {
            tell(answer);
            unanswered.remove(answer.request());
        } else if (effect instanceof Effect.Save save) {
            memory = save.memory();
            memory.generations().stream()
                    .flatMap(one -> one.processes().values().stream())
                    .map(process -> workers.get(process.pid()))
                    .filter(Objects::nonNull)
                    .forEach(worker -> worker.saved = true);
        } else if (effect instanceof Effect.Log line) {
            tell("log: " + line.text());
        } else if (effect instanceof Effect.Leave) {
            crash("leaves");
        } else if (effect instanceof Effect.End) {
            by.over = true;
            model.endSupervisor();
            ended = true;
        }
    }

    private void process(Life by, Effect.OfProcess effect) {
        if (effect instanceof Effect.StartWorker start) {
            schedule.later(upTo(millis(20)), () -> start(by, start));
        } else if (effect instanceof Effect.AdoptWorker adopt) {
            SimulatedWorker worker =
                    Objects.requireNonNull(workers.get(adopt.process().pid()), adopt::toString);
            schedule.later(upTo(seconds(1)), () -> join(worker));
        } else if (effect instanceof Effect.SendSignal send) {
            SimulatedWorker worker = workers.get(send.process().pid());
            if (worker != null && send.signal() == Signal.KILL) {
                die(worker, "is ended by KILL");
            } else if (worker != null) {
                drain(worker);
            }
        } else if (effect instanceof Effect.RestoreShare restore) {
            by.post(new Event.ShareRestored(restore.worker(), restore.process().pid()), millis(5));
        }
    }

    private void start(Life by, Effect.StartWorker start) {
        if (by.over) {
            return;
        }
        ProcessId process = new ProcessId(++lastPid, lastPid);
        SimulatedWorker worker = new SimulatedWorker(start.worker(), process, start.spec(), random.nextInt(3) == 0);
        workers.put(process.pid(), worker);
        model.start(process);
        by.handle(new Event.Started(start.worker(), process));
        if (faults && random.nextInt(10) == 0) {
            schedule.later(upTo(millis(800)), () -> die(worker, "fails to start"));
        }
        schedule.later(upTo(millis(300)), () -> listen(worker));
    }

    private void listen(SimulatedWorker worker) {
        if (worker.ended || worker.drains) {
            return;
        }
        int listeners = random.nextInt(6) == 0 ? 2 : 1;
        for (int i = 0; i < listeners; i++) {
            model.listen(worker.pid(), ADDRESS);
        }
        worker.listens = true;
        post(new Event.Listening(worker.id, worker.pid()), millis(50));
        schedule.later(upTo(millis(300)), () -> {
            worker.ready = true;
            join(worker);
        });
    }

    private void join(SimulatedWorker worker) {
        if (worker.ended) {
            return;
        }
        post(new Event.Joined(worker.id, worker.pid()), 0);
        if (worker.adopts) {
            post(new Event.SaidAdopts(worker.id, worker.pid()), 0);
        }
        if (worker.ready) {
            post(new Event.SaidReady(worker.id, worker.pid()), 0);
        }
        if (worker.drains) {
            post(new Event.SaidDraining(worker.id, worker.pid()), 0);
        }
    }

    private void post(Event event, long most) {
        Life now = life;
        if (now != null) {
            now.post(event, most);
        }
    }

    private boolean pass(WorkerId worker, HeldListener listener) {
        Optional<SimulatedWorker> to = workers.values().stream()
                .filter(one -> one.id.equals(worker) && one.adopts && !one.closed)
                .findFirst();
        to.ifPresent(one -> {
            model.pass(listener, one.pid());
            tell(one + " adopts " + listener);
            count("adopted");
            takeSoon(one);
        });
        return to.isPresent();
    }

    /** Accepts one after the other, until nothing waits. */
    private void takeSoon(SimulatedWorker worker) {
        schedule.later(upTo(millis(25)), () -> take(worker));
    }

    private void take(SimulatedWorker worker) {
        if (worker.ended || worker.closed) {
            return;
        }
        if (schedule.now() < worker.stoppedUntil) {
            schedule.later(worker.stoppedUntil - schedule.now(), () -> take(worker));
            return;
        }
        OptionalInt next = model.accept(worker.pid());
        if (next.isPresent()) {
            accepted(worker, next.getAsInt());
            takeSoon(worker);
        }
    }

    private void accepted(SimulatedWorker worker, int number) {
        Client client = Objects.requireNonNull(clients.get(number));
        if (model.fate(number) == Fate.DEAF) {
            lost(client, "is deaf: its listener was sealed while its handshake was in flight");
            return;
        }
        worker.accepted.add(number);
        schedule.later(upTo(random.nextInt(10) == 0 ? seconds(5) : millis(200)), () -> {
            if (worker.accepted.remove(number)) {
                served(client);
                finishDrain(worker);
            }
        });
    }

    /** It takes what waits, where it speaks the protocol; then, or at once, it closes its listeners, and ends when it has finished. */
    private void drain(SimulatedWorker worker) {
        if (worker.drains || worker.ended) {
            return;
        }
        worker.drains = true;
        long pause = Math.max(0, worker.stoppedUntil - schedule.now());
        schedule.later(pause + upTo(millis(5)), () -> {
            if (worker.ended) {
                return;
            }
            if (worker.spec.drain() instanceof DrainBy.Protocol) {
                OptionalInt next = model.accept(worker.pid());
                while (next.isPresent()) {
                    accepted(worker, next.getAsInt());
                    next = model.accept(worker.pid());
                }
            }
            worker.closed = true;
            tell(worker + " closes");
            model.close(worker.pid());
            post(new Event.SaidDraining(worker.id, worker.pid()), millis(5));
            finishDrain(worker);
        });
    }

    private void finishDrain(SimulatedWorker worker) {
        if (worker.closed && worker.accepted.isEmpty() && !worker.ended) {
            post(new Event.SaidDone(worker.id, worker.pid()), 0);
            end(worker, new Exit.Code(0));
        }
    }

    private void end(SimulatedWorker worker, Exit exit) {
        worker.ended = true;
        workers.remove(worker.pid());
        model.end(worker.pid());
        post(new Event.Exited(worker.id, worker.pid(), exit, List.of()), millis(20));
    }

    /** Killed, or by itself: what it had is lost with it. */
    private void die(SimulatedWorker worker, String how) {
        if (worker.ended) {
            return;
        }
        tell(worker + " " + how);
        count("worker " + how);
        killed.add(worker.pid());
        lastDeath = schedule.now();
        for (int number : new TreeSet<>(worker.accepted)) {
            forget(Objects.requireNonNull(clients.get(number)));
            count("lost: accepted by one that was killed");
        }
        worker.accepted.clear();
        end(worker, new Exit.Code(1));
    }

    /** One comes, and later others. */
    private void arrive() {
        if (settling) {
            return;
        }
        // In bursts, so that many are in flight at some moments and none at others.
        schedule.later(upTo(random.nextInt(20) == 0 ? seconds(3) : millis(30)), this::arrive);
        come();
    }

    private void come() {
        int number = ++lastClient;
        int host = random.nextInt(1 << 16);
        Client client = new Client(number, new InetSocketAddress(address(host), 1024 + random.nextInt(60_000)));
        clients.put(number, client);
        connect(client);
    }

    private static InetAddress address(int host) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, (byte) (host >> Byte.SIZE), (byte) host});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private void connect(Client client) {
        client.tries++;
        model.connect(client.number, client.source, ADDRESS, answer -> answered(client, answer));
        schedule.later(upTo(millis(2)), model::arrive);
    }

    private void answered(Client client, Answer answer) {
        switch (answer) {
            case ANSWERED -> {
                client.answered = true;
                schedule.later(upTo(millis(80)), () -> finish(client));
            }
            case DROPPED -> {
                count("turned away");
                if (client.tries < MOST_TRIES) {
                    schedule.later(seconds(1L << (client.tries - 1)), () -> connect(client));
                } else {
                    lost(client, "has given up");
                }
            }
            case REFUSED -> lost(client, "is refused");
        }
    }

    private void finish(Client client) {
        if (!clients.containsKey(client.number)) {
            return;
        }
        if (model.finish(client.number) == Fate.RESET) {
            lost(client, "is reset: its handshake was in flight to a listener that is gone");
            return;
        }
        for (SimulatedWorker worker : workers.values()) {
            takeSoon(worker);
        }
    }

    private void lookForResets() {
        for (Client client : List.copyOf(clients.values())) {
            if (client.answered && model.fate(client.number) == Fate.RESET) {
                lost(client, "is reset in a queue");
            }
        }
    }

    private void served(Client client) {
        count("served");
        forget(client);
    }

    private void forget(Client client) {
        clients.remove(client.number);
        if (client.answered) {
            model.forget(client.number);
        }
    }

    private void lost(Client client, String how) {
        long opener = client.answered ? model.opener(client.number) : 0;
        boolean killers = client.answered
                ? killed.contains(opener)
                : schedule.now() - lastDeath < seconds(200)
                        && workers.values().stream().noneMatch(this::serves);
        tell(client + " " + how + (killers ? ", as a worker was killed" : ""));
        if (!killers && loss == null) {
            loss = client + " " + how + (client.answered ? " at one of pid " + model.opener(client.number) : "");
        }
        count("lost: " + how);
        forget(client);
    }

    private boolean serves(SimulatedWorker worker) {
        return worker.ready && !worker.drains;
    }

    /** What others do while the supervisor asks the kernel for one thing. */
    private void meanwhile() {
        switch (random.nextInt(24)) {
            case 0 -> {
                if (!settling && life != null) {
                    come();
                }
            }
            case 1 -> model.arrive();
            case 2 -> anyWorker().ifPresent(this::take);
            case 3 -> {
                if (faults && !settling && random.nextInt(400) == 0) {
                    anyWorker().ifPresent(worker -> die(worker, "is killed while steering is at it"));
                }
            }
            default -> {
                // Nothing.
            }
        }
    }

    /** For {@link Event}s that tell of a handover. */
    private void noticed(Event event) {
        if (event instanceof Event.Steered steered) {
            count("steered: " + steered.mode());
            if (reloads++ == 0) {
                schedule.later(0, this::arrive);
                schedule.later(0, this::ask);
            }
            require(steered.mode() == Ledger.Mode.STEERED, "it is steered: " + steered);
        } else if (event instanceof Event.Released released) {
            count(released.ledger().isLossless() ? "lossless" : "not lossless");
        } else if (event instanceof Event.OfGeneration || event instanceof Event.OfHold) {
            count(event.getClass().getSimpleName());
        }
    }
}
