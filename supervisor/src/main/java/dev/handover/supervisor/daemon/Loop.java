package dev.handover.supervisor.daemon;

import dev.handover.supervisor.core.Supervisor;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Memory;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The one thread that owns the core's state: takes an event, lets the core decide, performs what it decided. */
final class Loop {
    private static final long STEP = Duration.ofMillis(250).toNanos();

    private final Supervisor core;
    private final Inbox inbox;
    private final Performer performer;
    private final Systemd systemd;
    private final HeapRoom room = new HeapRoom();
    private final long heartbeat;
    private long lastHeartbeat = System.nanoTime();

    Loop(Supervisor core, Inbox inbox, Performer performer, Systemd systemd) {
        this.core = core;
        this.inbox = inbox;
        this.performer = performer;
        this.systemd = systemd;
        this.heartbeat = systemd.heartbeat().map(Duration::toNanos).orElse(Long.MAX_VALUE);
    }

    /**
     * Returns what the supervisor ends with, when it has been asked to end.
     *
     * @param booted run once all that is there to begin with has been seen to
     */
    Effect.Last run(Memory memory, Runnable booted) throws InterruptedException {
        CoreClock clock = new CoreClock(System::nanoTime);
        Optional<Effect.Last> last = performer.perform(core.boot(memory, 0, wall()));
        booted.run();
        while (last.isEmpty()) {
            long wait = Math.min(untilDeadline(clock.advance(0)), untilHeartbeat());
            @Nullable Event event = inbox.next(wait);
            long now = clock.advance(wait);
            if (event != null || now >= core.nextDeadline()) {
                Event happened = event == null ? new Event.Tick() : event;
                last = performer.perform(core.handle(happened, now, wall()));
                room.look();
            }
        }
        return last.get();
    }

    /** In steps where something is due, however late: what passes of a step may be a standstill that goes unnoticed. */
    private long untilDeadline(long now) {
        long deadline = core.nextDeadline();
        return deadline == Long.MAX_VALUE ? Long.MAX_VALUE : Math.min(STEP, Math.max(0, deadline - now));
    }

    /** On the service manager's clock, which goes on whatever becomes of this process. */
    private long untilHeartbeat() {
        if (heartbeat == Long.MAX_VALUE) {
            return Long.MAX_VALUE;
        }
        long left = lastHeartbeat + heartbeat - System.nanoTime();
        if (left > 0) {
            return left;
        }
        systemd.alive();
        lastHeartbeat = System.nanoTime();
        return heartbeat;
    }

    /** As finely as the log has it. */
    static Instant wall() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }
}
