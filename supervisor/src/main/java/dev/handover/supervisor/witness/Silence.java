package dev.handover.supervisor.witness;

import dev.handover.supervisor.linux.DatagramProbe;
import java.time.Duration;
import java.util.Map;

/** How long no datagram has come to a worker that leaves. For one thread. */
final class Silence {
    /** Looks are rare beside what is waited for, which takes seconds. */
    private static final int LOOKS = 10;

    private final long limit;
    private Map<Long, Long> lastRead = Map.of();
    private long since;
    private long nextLook;
    private boolean looked;
    private boolean over;

    /** @param limit after how long it is for good */
    Silence(Duration limit) {
        this.limit = limit.toNanos();
    }

    boolean isDue(long now) {
        return !looked || now - nextLook >= 0;
    }

    void look(DatagramProbe.Sight sight, long now) {
        if (!looked || sight.waiting() || !sight.lastRead().equals(lastRead)) {
            since = now;
        }
        looked = true;
        lastRead = sight.lastRead();
        over = now - since >= limit;
        nextLook = now + limit / LOOKS;
    }

    /** Whether none had come for that long, at the last look. */
    boolean isOver() {
        return over;
    }
}
