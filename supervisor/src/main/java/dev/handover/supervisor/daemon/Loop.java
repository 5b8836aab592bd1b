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
    private final Supervisor core;
    private final Inbox inbox;
    private final Performer performer;
    private final Systemd systemd;
    private final HeapRoom room = new HeapRoom();
    private final long heartbeat;
    private long nextHeartbeat;

    Loop(Supervisor core, Inbox inbox, Performer performer, Systemd systemd) {
        this.core = core;
        this.inbox = inbox;
        this.performer = performer;
        this.systemd = systemd;
        this.heartbeat = systemd.heartbeat().map(Duration::toNanos).orElse(Long.MAX_VALUE);
        this.nextHeartbeat = heartbeat;
    }

    /**
     * Returns what the supervisor ends with, when it has been asked to end.
     *
     * @param booted run once all that is there to begin with has been seen to
     */
    Effect.Last run(Memory memory, Runnable booted) throws InterruptedException {
        long origin = System.nanoTime(); // the core's deadlines are compared, which a clock near overflow would break
        Optional<Effect.Last> last = performer.perform(core.boot(memory, 0, wall()));
        booted.run();
        while (last.isEmpty()) {
            long now = System.nanoTime() - origin;
            if (now >= nextHeartbeat) {
                systemd.alive();
                nextHeartbeat = now + heartbeat;
            }
            long deadline = Math.min(core.nextDeadline(), nextHeartbeat);
            @Nullable Event event = inbox.next(Math.max(0, deadline - now));
            Event happened = event == null ? new Event.Tick() : event;
            last = performer.perform(core.handle(happened, System.nanoTime() - origin, wall()));
            room.look();
        }
        return last.get();
    }

    /** As finely as the log has it. */
    static Instant wall() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }
}
