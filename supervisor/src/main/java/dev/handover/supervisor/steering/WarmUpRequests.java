package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.Door;
import dev.handover.supervisor.linux.Threads;
import dev.handover.supervisor.terms.WarmUpSpec;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The requests of one warm-up: each of its doors sends one after the other, on a thread of its own. For any thread. */
final class WarmUpRequests {
    private static final ExecutorService THREADS = Threads.each("warm-up", 0);

    private static final String AGENT = "handover-warm-up";

    /** Statuses from here on say that the server failed. */
    private static final int SERVER_FAILED = 500;

    private final WarmUpSpec spec;
    private final List<Lane> lanes;
    private final Consumer<Tally> ended;
    private final long deadline;
    private final AtomicInteger running;
    /** Guarded by this one's monitor, as all that follows. */
    private final Set<Socket> open = new HashSet<>();

    private boolean stopped;
    private int done;
    private int failed;
    private String firstFailure = "";

    /** How many requests one listener is still to be sent. */
    static final class Share {
        private final AtomicInteger left;

        Share(int requests) {
            left = new AtomicInteger(requests);
        }

        private boolean takeOne() {
            return left.getAndDecrement() > 0;
        }
    }

    /** A door, and whose requests go through it. */
    record Lane(Door door, Share share) {}

    /**
     * What came of them.
     *
     * @param ended how many were answered, or failed
     * @param failed how many of those had no answer of HTTP, or one that says that the server failed
     * @param firstFailure why the first of them did, or why some were not sent; may be empty
     */
    record Tally(int ended, int failed, String firstFailure) {}

    /** @param ended told once, on some thread, when all have ended or been stopped */
    WarmUpRequests(WarmUpSpec spec, List<Lane> lanes, Consumer<Tally> ended) {
        this.spec = spec;
        this.lanes = lanes;
        this.ended = ended;
        this.deadline = System.nanoTime() + spec.timeout().toNanos();
        this.running = new AtomicInteger(lanes.size());
    }

    void begin() {
        for (Lane lane : lanes) {
            try {
                THREADS.execute(() -> send(lane));
            } catch (OutOfMemoryError noThread) {
                // The others of its listener send its share; where there are none, fewer are sent than asked for.
                note("no thread is to be had");
                laneEnded();
            }
        }
    }

    /** Ends those under way; the others are not sent. */
    synchronized void stop() {
        stopped = true;
        for (Socket socket : open) {
            close(socket);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is reset, whatever it says.
        }
    }

    private void send(Lane lane) {
        try {
            while (!isStopped() && lane.share().takeOne()) {
                send(lane.door());
            }
        } finally {
            laneEnded();
        }
    }

    private void laneEnded() {
        if (running.decrementAndGet() == 0) {
            ended.accept(tally());
        }
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    private synchronized Tally tally() {
        return new Tally(done + failed, failed, firstFailure);
    }

    private void send(Door door) {
        DeadlineSocket socket = new DeadlineSocket(deadline);
        try {
            if (keep(socket)) {
                int status = ask(new DoorRequest(door, socket));
                if (status >= SERVER_FAILED) {
                    failed("it was answered with " + status);
                } else {
                    done();
                }
            }
        } catch (SocketTimeoutException timeIsOver) {
            // It has not ended.
        } catch (IOException e) {
            failed(Why.of(e));
        } finally {
            forget(socket);
        }
    }

    private int ask(DoorRequest request) throws IOException {
        request.connect();
        if (spec.tls()) {
            request.encrypt();
        }
        int status = request.get(spec.path(), AGENT);
        request.readToEnd();
        return status;
    }

    /** @return whether it may go on: {@link #stop} will close it then */
    private synchronized boolean keep(Socket socket) {
        return !stopped && open.add(socket);
    }

    private synchronized void forget(Socket socket) {
        open.remove(socket);
        close(socket);
    }

    private synchronized void done() {
        done++;
    }

    /** What fails by being stopped has not ended. */
    private synchronized void failed(String why) {
        if (!stopped) {
            failed++;
            note(why);
        }
    }

    private synchronized void note(String why) {
        if (firstFailure.isEmpty()) {
            firstFailure = why;
        }
    }
}
