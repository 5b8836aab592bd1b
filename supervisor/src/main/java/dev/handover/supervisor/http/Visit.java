package dev.handover.supervisor.http;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection, and when it is ended: by its last byte it could be kept for ever otherwise. */
final class Visit {
    private final Socket socket;
    private final ScheduledExecutorService clock;
    private boolean idle;
    private long since;
    private @Nullable ScheduledFuture<?> end;

    Visit(Socket socket, ScheduledExecutorService clock) {
        this.socket = socket;
        this.clock = clock;
    }

    /** It has no request, for so long at most. */
    synchronized void awaits(Duration limit) {
        begin(true, limit);
    }

    /** It has one, which is answered in so long at most. */
    synchronized void within(Duration limit) {
        begin(false, limit);
    }

    private void begin(boolean without, Duration limit) {
        over();
        idle = without;
        since = System.nanoTime();
        try {
            end = clock.schedule(this::end, limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            end();
        }
    }

    synchronized void over() {
        idle = false;
        if (end != null) {
            end.cancel(false);
        }
    }

    synchronized boolean isIdle() {
        return idle;
    }

    synchronized long since() {
        return since;
    }

    /** Whoever reads or writes it sees it end. */
    void end() {
        try {
            socket.close();
        } catch (IOException gone) {
            // By itself, then.
        }
    }
}
