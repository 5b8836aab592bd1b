package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.Account;
import dev.handover.supervisor.linux.Children;
import dev.handover.supervisor.linux.ExitWatch;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.Pidfd;
import dev.handover.supervisor.linux.ProcessStat;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ReuseportBy;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SignalsTo;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/** Starts workers, sends them signals and sees them end. */
public final class WorkerProcesses implements AutoCloseable {
    /** How long init may take to reap what has ended, before how it ended is taken for unknown. */
    private static final Duration REAPING = Duration.ofMillis(100);

    private final RunningWorkers running;
    private final WorkerOutput output;
    private final OutputKeeper keeper;
    private final NotifyPlaces notices;
    private final WorkerSockets sockets;
    private final Interceptions interceptions;
    private final WorkerStarts starts;
    private final Consumer<Event> inbox;
    private final Consumer<String> troubles;
    private final ExitWatch exits;
    private final LongFunction<CompletableFuture<Void>> lastWords;
    private final LongConsumer forgotten;
    private final Sessions sessions;
    private final Shares shares;
    private final WorkerCgroups cgroups;
    private final WantOfMemory wantOfMemory;
    private final Map<ProcessId, Pidfd> held = new ConcurrentHashMap<>();
    /** Those that were sent KILL from here. */
    private final Set<ProcessId> killed = ConcurrentHashMap.newKeySet();

    /**
     * @param sockets where they connect to
     * @param cgroups where they are kept; its maker's to close
     * @param exits watches them; it is its maker's to close
     * @param lastWords completes when all that a process that has ended had said is in the inbox
     * @param forgotten told of each process that nobody is to look at any more
     * @param inbox takes what becomes of workers
     * @param troubles takes what the kernel refused, in words for the log
     */
    public WorkerProcesses(
            RunningWorkers running,
            WorkerOutput output,
            OutputKeeper keeper,
            NotifyPlaces notices,
            WorkerSockets sockets,
            WorkerCgroups cgroups,
            ExitWatch exits,
            LongFunction<CompletableFuture<Void>> lastWords,
            LongConsumer forgotten,
            Consumer<Event> inbox,
            Consumer<String> troubles)
            throws IOException {
        this.exits = exits;
        this.lastWords = lastWords;
        this.forgotten = forgotten;
        this.running = running;
        this.output = output;
        this.keeper = keeper;
        this.notices = notices;
        this.sockets = sockets;
        this.interceptions = new Interceptions(troubles);
        this.starts = new WorkerStarts(running.count(), sockets, notices, output, keeper, interceptions, troubles);
        this.inbox = inbox;
        this.troubles = troubles;
        this.sessions = new Sessions(troubles);
        this.cgroups = cgroups;
        this.wantOfMemory = new WantOfMemory(cgroups::ofWorker, troubles);
        this.shares = new Shares(cgroups, inbox, troubles);
    }

    public void perform(Effect.OfProcess effect) {
        if (effect instanceof Effect.StartWorker start) {
            start(start.worker(), start.spec());
        } else if (effect instanceof Effect.AdoptWorker adopt) {
            adopt(adopt.worker(), adopt.process(), adopt.spec());
        } else if (effect instanceof Effect.SendSignal send) {
            signal(send.process(), send.signal(), send.to());
        } else if (effect instanceof Effect.LowerShare lower) {
            shares.lower(lower.worker(), lower.process());
        } else if (effect instanceof Effect.RestoreShare restore) {
            shares.restore(restore.worker(), restore.process());
        } else if (effect instanceof Effect.Forget forget) {
            forget(forget.worker(), forget.process());
        } else {
            throw new IllegalArgumentException("nobody does this to a process: " + effect);
        }
    }

    /** Posts {@link Event.Started} and later {@link Event.Exited}, or {@link Event.NotStarted}. */
    private void start(WorkerId worker, ServiceSpec spec) {
        starts.later(() -> {
            try {
                WorkerStarts.Prepared prepared = starts.prepare(worker, spec);
                CompletableFuture<Void> known = new CompletableFuture<>();
                running.starting(worker, () -> {
                    long child = prepared.start();
                    cgroups.place(worker, child);
                    ProcessId id = holdOrEnd(child);
                    watchOrEnd(worker, id, known);
                    inbox.accept(new Event.Started(worker, id));
                    return id;
                });
                known.complete(null);
            } catch (IOException failed) {
                notices.finish(worker);
                output.finish(worker);
                inbox.accept(new Event.NotStarted(worker, Why.of(failed)));
            }
        });
    }

    /** Watches a process that an earlier supervisor started. */
    private void adopt(WorkerId worker, ProcessId process, ServiceSpec spec) {
        running.add(worker, process);
        Optional<LinuxException> unheld = holdAdopted(process.pid());
        if (held.containsKey(process)) { // or the pid is another's by now, which is not to be moved
            cgroups.adopt(worker, process);
        }
        keeper.ensure();
        output.reopen(worker, spec.settings().log());
        if (spec.reuseport() == ReuseportBy.INTERCEPT) {
            interceptions.adopt(worker, spec.listen(), process.pid());
        }
        if (worker.isWorker()) {
            shares.adopt(worker, process);
        }
        Runnable follow = () -> {
            hear(worker, spec);
            unheld.ifPresentOrElse(refused -> warnUnwatched(worker, refused), () -> watchAdopted(worker, process));
        };
        if (spec.settings().user().or(spec.settings()::group).isPresent()) {
            starts.later(follow); // which may wait for the databases of users
        } else {
            follow.run();
        }
    }

    private void hear(WorkerId worker, ServiceSpec spec) {
        try {
            Optional<Account> account = starts.accountOfAdopted(spec);
            sockets.of(account);
            notices.reopen(worker, account);
        } catch (IOException refused) {
            troubles.accept("what " + worker + " says can't be heard: " + Why.of(refused) + "; the worker goes on");
        }
    }

    /** Empty if that went well. */
    private Optional<LinuxException> holdAdopted(long pid) {
        try {
            hold(pid);
            return Optional.empty();
        } catch (LinuxException refused) {
            return Optional.of(refused);
        }
    }

    private void watchAdopted(WorkerId worker, ProcessId process) {
        try {
            watch(worker, process, CompletableFuture.completedFuture(null));
        } catch (LinuxException refused) {
            warnUnwatched(worker, refused);
        }
    }

    /** @param known completed when its start has been told of, before which its end is not */
    private void watch(WorkerId worker, ProcessId process, CompletableFuture<Void> known) throws LinuxException {
        Pidfd pidfd = held.get(process);
        CompletableFuture<Void> ended = new CompletableFuture<>();
        CompletableFuture<Void> unused = known.runAfterBoth(ended, () -> exited(worker, process));
        if (pidfd == null) {
            ended.complete(null);
        } else {
            exits.watch(pidfd, () -> ended.complete(null));
        }
    }

    private void warnUnwatched(WorkerId worker, LinuxException refused) {
        troubles.accept(worker + " can't be watched: " + refused.getMessage() + "; its end will go unnoticed");
    }

    /** One that nobody holds could not be ended later: for want of a descriptor, say, it is not to go on unwatched. */
    private ProcessId holdOrEnd(long child) throws LinuxException {
        try {
            return hold(child);
        } catch (LinuxException refused) {
            Children.end(child);
            throw refused;
        }
    }

    /** The same of one that nobody would see end. */
    private void watchOrEnd(WorkerId worker, ProcessId child, CompletableFuture<Void> known) throws LinuxException {
        try {
            watch(worker, child, known);
        } catch (LinuxException refused) {
            Pidfd pidfd = held.remove(child);
            if (pidfd != null) {
                pidfd.close();
            }
            Children.end(child.pid());
            cgroups.end(worker, child);
            throw refused;
        }
    }

    /** Takes hold of the process that has this pid now; one that has ended already is held by nothing. */
    private ProcessId hold(long pid) throws LinuxException {
        Optional<Pidfd> pidfd = Pidfd.open(pid);
        ProcessId id = new ProcessId(
                pid, Processes.stat(pid).map(ProcessStat::startTicks).orElse(0L));
        pidfd.ifPresent(open -> held.put(id, open));
        return id;
    }

    /** Of a worker that an earlier supervisor started, whoever is its parent now has the first word. */
    private Exit exit(ProcessId process) {
        Exit own = Children.exit(process.pid());
        Pidfd pidfd = held.get(process);
        if (pidfd == null || !(own instanceof Exit.Unknown)) {
            return own;
        }
        try {
            return pidfd.exitOnceReaped(REAPING).orElse(own);
        } catch (LinuxException refused) {
            return own;
        }
    }

    private void exited(WorkerId worker, ProcessId process) {
        Exit exit = wantOfMemory.explain(worker, process.pid(), exit(process), killed.contains(process));
        CompletableFuture<Void> unused = lastWords.apply(process.pid()).thenRun(() -> {
            notices.finish(worker);
            running.remove(process.pid());
            inbox.accept(new Event.Exited(worker, process.pid(), exit, output.finish(worker)));
        });
    }

    /**
     * Signals the worker's process or its whole group, or by KILL all that descends from it; one that has ended is no error:
     * the core hears of it.
     */
    private void signal(ProcessId process, Signal signal, SignalsTo to) {
        if (signal == Signal.KILL) {
            if (held.containsKey(process)) {
                killed.add(process);
            }
            sessions.kill(
                    process,
                    () -> whileHeld(process, pidfd -> {
                        pidfd.send(Signal.KILL);
                        Processes.signalGroup(process, Signal.KILL);
                        cgroups.kill(process);
                    }));
            return;
        }
        whileHeld(process, pidfd -> {
            switch (to) {
                case MAIN -> pidfd.send(signal);
                case GROUP -> Processes.signalGroup(process, signal);
            }
        });
    }

    /**
     * Sends a signal that somebody asked for to the worker's process, or to its whole group. Any thread may call.
     *
     * @return why it has not got it, for people; empty if it has
     */
    public Optional<String> pass(ProcessId process, Signal signal, SignalsTo to) {
        AtomicReference<Optional<String>> missed = new AtomicReference<>(Optional.of("it has ended"));
        held.computeIfPresent(process, (same, pidfd) -> {
            try {
                boolean runs = !pidfd.awaitEnd(Duration.ZERO); // who has ended and is not reaped takes signals, too
                boolean sent = runs
                        && switch (to) {
                            case MAIN -> pidfd.send(signal);
                            case GROUP -> Processes.signalGroup(process, signal);
                        };
                if (sent) {
                    missed.set(Optional.empty());
                }
            } catch (LinuxException refused) {
                missed.set(Optional.of(Why.of(refused)));
            }
            return pidfd;
        });
        return missed.get();
    }

    /** A child is not reaped as long as it is held, so that its group's id is no other's; one that was adopted, its parent may reap. */
    private void whileHeld(ProcessId process, Signalling signalling) {
        held.computeIfPresent(process, (same, pidfd) -> {
            try {
                signalling.send(pidfd);
            } catch (LinuxException refused) {
                troubles.accept(refused.getMessage() + "; the worker goes on");
            }
            return pidfd;
        });
    }

    /** Sends a signal to a process that is held. */
    private interface Signalling {
        void send(Pidfd pidfd) throws LinuxException;
    }

    /**
     * Ends what is left of a dead worker, in its session and its cgroup: orphans would go on listening, watched by nobody. The
     * worker is reaped only then, so that until then its id can be no other's.
     */
    private void forget(WorkerId worker, ProcessId process) {
        forgotten.accept(process.pid());
        shares.forget(process);
        killed.remove(process);
        cgroups.end(worker, process);
        Pidfd pidfd = held.remove(process);
        if (pidfd == null) {
            Children.reap(process.pid());
            return;
        }
        try (pidfd) {
            Processes.signalGroup(process, Signal.KILL);
        } catch (LinuxException refused) {
            troubles.accept(refused.getMessage() + "; processes of a dead worker are left behind");
        }
        sessions.end(process);
    }

    /** Starts no more; this process is about to become another program. */
    public void leave() throws IOException {
        starts.leave();
    }

    @Override
    public void close() {
        starts.close();
        shares.close();
        sessions.close();
        held.values().forEach(Pidfd::close);
    }
}
