package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.HealthAnswer;
import dev.handover.supervisor.terms.HealthSpec;
import dev.handover.supervisor.terms.HealthStatus;
import dev.handover.supervisor.terms.HealthStatus.State;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Total;
import dev.handover.supervisor.terms.WorkerState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether the process of one worker is healthy: what it was asked, what it answered, and what follows. */
final class WorkerHealth {
    private static final long NEVER = Long.MAX_VALUE;

    private final Worker worker;
    private final HealthSpec spec;
    private final ServiceSpec service;

    /** The one that is asked; null while none is ready. */
    private @Nullable ProcessId process;
    /** Whether it got ready while its siblings served: it gets no clients before its first answer if they are healthy. */
    private boolean newcomer;

    private State state = State.UNKNOWN;
    private Instant since = Instant.EPOCH;
    private long stateBegan;
    private String why = "";
    private int failed;
    private boolean aside;
    /** Whether an answer is awaited, until the deadline; else it is asked then. */
    private boolean awaits;

    /** The last question's number; those to earlier processes count too, so that each is another. */
    private long number;

    private long asked;
    private long deadline = NEVER;

    WorkerHealth(Worker worker, HealthSpec spec, ServiceSpec service) {
        this.worker = worker;
        this.spec = spec;
        this.service = service;
    }

    /**
     * Asks the process that is ready, and forgets one that is not.
     *
     * @param serves whether new connections go to its siblings
     */
    void follow(boolean serves, Turn turn) {
        Optional<ProcessId> ready = worker.running().filter(running -> worker.state() == WorkerState.READY);
        if (ready.isEmpty()) {
            forget();
        } else if (!ready.get().equals(process)) {
            forget();
            process = ready.get();
            newcomer = serves;
            since = turn.wall();
            ask(turn);
        }
    }

    /** It is not asked, and nothing is known of it. */
    void forget() {
        process = null;
        newcomer = false;
        state = State.UNKNOWN;
        why = "";
        failed = 0;
        aside = false;
        awaits = false;
        deadline = NEVER;
    }

    private void become(State next, String text, Turn turn) {
        if (state != next) {
            since = turn.wall();
            stateBegan = turn.now();
        }
        state = next;
        why = text;
    }

    private void ask(Turn turn) {
        ProcessId running = process;
        if (running != null) {
            awaits = true;
            number++;
            asked = turn.now();
            deadline = asked + spec.timeout().plus(Handover.STEERING_LIMIT).toNanos();
            turn.effect(new Effect.AskHealth(worker.id(), running, number, spec, service));
        }
    }

    long nextDeadline() {
        return deadline;
    }

    void onDeadline(Turn turn) {
        if (turn.now() >= deadline && awaits) {
            answered(HealthAnswer.NOT_ASKED, "steering did not answer", turn);
        } else if (turn.now() >= deadline) {
            ask(turn);
        }
    }

    void on(Event.HealthSeen seen, Turn turn) {
        if (awaits && seen.number() == number) { // else it comes too late
            answered(seen.answer(), seen.text(), turn);
        }
    }

    private void answered(HealthAnswer answer, String text, Turn turn) {
        awaits = false;
        deadline = Math.max(asked + spec.interval().toNanos(), turn.now() + 1);
        switch (answer) {
            case AS_EXPECTED -> healthy(turn);
            case OTHERWISE -> failed(text, turn);
            case NOT_ASKED -> notAsked(text, turn);
        }
    }

    private void healthy(Turn turn) {
        failed = 0;
        if (state == State.UNHEALTHY) {
            turn.about(worker.id())
                    .info(
                            What.WORKER_HEALTHY,
                            worker.named() + " is healthy again after "
                                    + Durations.text(Duration.ofNanos(turn.now() - stateBegan)));
        }
        become(State.HEALTHY, "", turn);
    }

    private void failed(String text, Turn turn) {
        failed++;
        if (failed < spec.failures()) {
            turn.about(worker.id()).debug(worker.named() + ": " + text + ", " + failed + " of " + spec.failures());
        } else {
            boolean news = state != State.UNHEALTHY;
            become(State.UNHEALTHY, text + (failed > 1 ? ", " + failed + " times in a row" : ""), turn);
            if (news) {
                turn.count(service.name(), Total.UNHEALTHY);
                turn.about(worker.id()).error(What.WORKER_UNHEALTHY, sentence());
            }
        }
    }

    private void notAsked(String text, Turn turn) {
        failed = 0;
        if (state == State.UNHEALTHY) {
            return; // nothing shows that it is otherwise
        }
        if (state != State.NOT_SHOWN) {
            turn.about(worker.id()).warn("whether " + worker.named() + " is healthy is not shown: " + text);
        }
        become(State.NOT_SHOWN, text, turn);
    }

    /** Has new connections go to others, or to it again; only where that is news. */
    void setAside(boolean others, Turn turn) {
        ProcessId running = process;
        if (running == null || others == aside) {
            return;
        }
        aside = others;
        turn.effect(new Effect.SetAside(worker.id(), running, others));
        if (others && state == State.UNHEALTHY) {
            turn.about(worker.id())
                    .warn(What.WORKER_SET_ASIDE, worker.named() + " gets no new connections while it is unhealthy");
        } else if (!others) {
            turn.about(worker.id())
                    .info(
                            What.WORKER_TAKEN_IN,
                            worker.named() + " gets new connections again"
                                    + (state == State.UNHEALTHY
                                            ? ", unhealthy as it is: no other worker is healthy"
                                            : ""));
        }
    }

    /** Nobody is there to take its place. */
    void servesOn(Turn turn) {
        turn.about(worker.id()).warn(worker.named() + " gets new connections all the same: no other worker is healthy");
    }

    /** Ends its process, to have another one started. */
    void end(Turn turn) {
        worker.unwell("is unhealthy: " + why, AfterDeath.RESTART, turn);
    }

    boolean isAside() {
        return aside;
    }

    boolean isHealthy() {
        return state == State.HEALTHY && worker.accepts();
    }

    boolean isUnhealthy() {
        return state == State.UNHEALTHY;
    }

    /** Whether a healthy one is to have its new connections. */
    boolean isDoubted() {
        return state == State.UNHEALTHY || (newcomer && state == State.UNKNOWN);
    }

    /** Whether its first answer is awaited. */
    boolean isOpen() {
        return process != null && state == State.UNKNOWN;
    }

    /** Why it is not known whether it is healthy; empty if it is. */
    Optional<String> unknown() {
        return state == State.NOT_SHOWN ? Optional.of(worker.named() + " was not asked: " + why) : Optional.empty();
    }

    /** Why it is unhealthy. */
    String sentence() {
        return worker.named() + " is unhealthy: " + why;
    }

    Optional<HealthStatus> status() {
        return process == null ? Optional.empty() : Optional.of(new HealthStatus(state, since, why, aside));
    }
}
