package dev.handover.supervisor.daemon;

import dev.handover.supervisor.process.WorkerProcesses;
import dev.handover.supervisor.process.WorkerWatch;
import dev.handover.supervisor.protocol.WorkerServer;
import dev.handover.supervisor.steering.Steering;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.ServiceStatus;
import dev.handover.supervisor.terms.ServiceName;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Performs what the core decided. */
final class Performer {
    private final WorkerProcesses processes;
    private final WorkerServer workers;
    private final WorkerWatch watch;
    private final Steering steering;
    private final StateFile state;
    private final ServiceManager serviceManager;
    private final Pending pending;
    private final Consumer<Event> inbox;
    private final Log log;
    private boolean saveFailed;

    Performer(
            WorkerProcesses processes,
            WorkerServer workers,
            WorkerWatch watch,
            Steering steering,
            StateFile state,
            ServiceManager serviceManager,
            Pending pending,
            Consumer<Event> inbox,
            Log log) {
        this.processes = processes;
        this.workers = workers;
        this.watch = watch;
        this.steering = steering;
        this.state = state;
        this.serviceManager = serviceManager;
        this.pending = pending;
        this.inbox = inbox;
        this.log = log;
    }

    /** Returns whether the supervisor goes on. */
    boolean perform(Iterable<Effect> effects) {
        boolean goesOn = true;
        for (Effect effect : effects) {
            goesOn &= perform(effect);
        }
        return goesOn;
    }

    private boolean perform(Effect effect) {
        if (effect instanceof Effect.StartWorker start) {
            processes.start(start.worker(), start.spec());
        } else if (effect instanceof Effect.AdoptWorker adopt) {
            processes.adopt(adopt.worker(), adopt.process());
        } else if (effect instanceof Effect.SendSignal send) {
            processes.signal(send.process(), send.signal());
        } else if (effect instanceof Effect.TellDrain tell) {
            if (!workers.drain(tell.worker(), tell.left())) {
                inbox.accept(new Event.NotTold(tell.worker(), tell.process().pid()));
            }
        } else if (effect instanceof Effect.WatchListeners of) {
            watch.watchListeners(of.worker(), of.process().pid(), of.listen(), of.saidReady());
        } else if (effect instanceof Effect.WatchConnections of) {
            watch.watchConnections(of.worker(), of.process().pid(), of.listen());
        } else if (effect instanceof Effect.Forget forget) {
            watch.forget(forget.process().pid());
            processes.forget(forget.process());
        } else if (effect instanceof Effect.Hold hold) {
            steering.hold(hold.worker(), hold.process(), hold.listen());
        } else if (effect instanceof Effect.Steer steer) {
            steering.steer(steer.service(), steer.generation(), steer.workers(), steer.listen());
        } else if (effect instanceof Effect.Quiesce quiesce) {
            steering.quiesce(quiesce.service(), quiesce.generation(), quiesce.limit());
        } else if (effect instanceof Effect.Release release) {
            steering.release(release.service(), release.generation());
        } else if (effect instanceof Effect.GiveUp giveUp) {
            steering.giveUp(giveUp.service(), giveUp.generation(), giveUp.listen());
        } else if (effect instanceof Effect.Rejoin rejoin) {
            steering.rejoin(rejoin.worker(), rejoin.process());
        } else if (effect instanceof Effect.SteerAway steerAway) {
            steering.steerAway(steerAway.worker(), steerAway.patience());
        } else if (effect instanceof Effect.Adopters adopters) {
            steering.adopters(adopters.service(), adopters.adopters());
        } else if (effect instanceof Effect.Accept accept) {
            pending.accepted(accept.request(), accept.text());
        } else if (effect instanceof Effect.Tell tell) {
            pending.progress(tell.request(), tell.progress());
        } else if (effect instanceof Effect.Answer answer) {
            pending.end(answer.request(), answer.reply());
        } else if (effect instanceof Effect.AnswerStatus answer) {
            answer(answer);
        } else if (effect instanceof Effect.Log line) {
            log.log(Level.of(line.severity()), line.text());
        } else if (effect instanceof Effect.Save save) {
            save(save.memory());
        } else if (effect instanceof Effect.Announce announce) {
            serviceManager.announce(announce.standing(), announce.status());
        }
        return !(effect instanceof Effect.End);
    }

    private void answer(Effect.AnswerStatus answer) {
        List<ServiceName> asked =
                answer.services().stream().map(ServiceStatus::service).toList();
        CompletableFuture<Void> unused = steering.status(asked)
                .thenAccept(known -> pending.end(answer.request(), new Reply.Status(answer.services(), known)));
    }

    private void save(Memory memory) {
        try {
            state.save(memory);
            if (saveFailed) {
                log.info("the state is saved again");
            }
            saveFailed = false;
        } catch (IOException failed) {
            if (!saveFailed) {
                log.error("the state can't be saved: " + failed + "; services go on, but a supervisor that is started"
                        + " after a crash of this one would not find their workers");
            }
            saveFailed = true;
            inbox.accept(new Event.NotSaved());
        }
    }
}
