package dev.handover.supervisor.http;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection, what is waited for there, and when it is ended: by its last byte it could be kept for ever otherwise. */
final class Visit {
    /** What is waited for. */
    private enum Stage {
        /** The client, for its next request. */
        REQUEST,
        /** The client, for the rest of one. */
        REST,
        /** The supervisor, for what is asked of it. */
        ANSWER,
        /** The client, to take the answer. */
        TAKEN,
        /** What happens, which the client follows. */
        EVENTS
    }

    private final Socket socket;
    private final ScheduledExecutorService clock;
    private final Duration limit;
    private Stage stage = Stage.REQUEST;
    private long since = System.nanoTime();
    private @Nullable ScheduledFuture<?> end;
    private @Nullable Thread watcher;

    /** @param limit from the first byte of a request to the last one of its answer */
    Visit(Socket socket, ScheduledExecutorService clock, Duration limit) {
        this.socket = socket;
        this.clock = clock;
        this.limit = limit;
    }

    /** It has no request, for so long at most. */
    synchronized void awaitsRequest(Duration most) {
        become(Stage.REQUEST);
        endIn(most);
    }

    /** The first bytes of one are there. */
    synchronized void begins() {
        become(Stage.REST);
        endIn(limit);
    }

    /** All of it is. */
    synchronized void asks() {
        become(Stage.ANSWER);
    }

    synchronized void isAnswered() {
        become(Stage.TAKEN);
    }

    /**
     * The answer is what happens, and has no end of its own.
     *
     * @param gone run when the client is, from another thread, once
     */
    synchronized void follows(Runnable gone) {
        awaitsEvents();
        try {
            Thread watching = Listening.daemon(() -> watch(gone), "http-follower");
            watching.start();
            watcher = watching;
        } catch (OutOfMemoryError noThread) {
            // It is noticed at the next heartbeat, then.
        }
    }

    /** A client that follows says nothing more: whatever can be read is its end. */
    private void watch(Runnable gone) {
        try {
            int unused = socket.getInputStream().read();
        } catch (IOException ended) {
            // That is gone, too.
        }
        gone.run();
    }

    /** Something of what it follows is sent, which it is to take in time. */
    synchronized void isSentMore() {
        endIn(limit);
    }

    synchronized void awaitsEvents() {
        become(Stage.EVENTS);
        endNoMore();
    }

    private void become(Stage next) {
        stage = next;
        since = System.nanoTime();
    }

    private void endIn(Duration most) {
        endNoMore();
        try {
            end = clock.schedule(this::end, most.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            end();
        }
    }

    private void endNoMore() {
        ScheduledFuture<?> set = end;
        end = null;
        if (set != null) {
            set.cancel(false);
        }
    }

    /** It is served no more. Returns once nobody reads it. */
    void over() {
        Thread watching;
        synchronized (this) {
            endNoMore();
            watching = watcher;
        }
        end();
        if (watching != null) {
            try {
                watching.join();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether it takes one of the places for those who ask. */
    synchronized boolean isPassing() {
        return stage != Stage.EVENTS;
    }

    /** Whether it is the client that takes its time, so that it can be ended for another one. */
    synchronized boolean waitsForClient() {
        return stage == Stage.REQUEST || stage == Stage.REST || stage == Stage.TAKEN;
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
