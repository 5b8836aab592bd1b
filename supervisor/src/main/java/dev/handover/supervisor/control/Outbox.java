package dev.handover.supervisor.control;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What one client is still to be told: the requests it awaits answers to, and the lines that {@link #write} has
 * yet to write. Adding never waits; a client that lets the lines pile up is disconnected, so that it holds up neither the
 * core nor the daemon's memory.
 */
final class Outbox {
    /** Lines; a reload takes a dozen, so only a client that does not read comes near it. */
    static final int CAPACITY = 256;

    /** How many requests of one client may be under way. */
    static final int MOST_REQUESTS = 64;

    private enum State {
        OPEN,
        /** Takes no more lines; those it has are still written. */
        FINISHING,
        /** Nothing is written any more. */
        CLOSED
    }

    private final Peer peer;
    private final OutputStream output;
    private final Consumer<String> log;
    private final Queue<AnswerLine> lines = new ArrayDeque<>();
    private final Set<String> underWay = new HashSet<>();
    private final Map<String, Source> sources = new LinkedHashMap<>();
    private State state = State.OPEN;
    private boolean saidLast;
    private long lastWord = System.nanoTime();

    Outbox(Peer peer, Consumer<String> log) throws IOException {
        this.peer = peer;
        this.output = peer.output();
        this.log = log;
    }

    /** @throws BadCall if a request of this id, or too many of others, are under way */
    synchronized void begin(String id) throws BadCall {
        if (underWay.contains(id)) {
            throw new BadCall(id, ErrorCode.BAD_REQUEST, "a request of this id is under way");
        }
        if (underWay.size() == MOST_REQUESTS) {
            throw new BadCall(id, ErrorCode.BUSY, MOST_REQUESTS + " requests are under way; no more are taken");
        }
        underWay.add(id);
    }

    /** For how long its client has neither asked for anything nor awaited an answer, in nanoseconds; 0 while it does. */
    synchronized long idle(long now) {
        return underWay.isEmpty() && lines.isEmpty() ? now - lastWord : 0;
    }

    /** A line about a request under way; dropped if the request has had its last line. */
    synchronized void tell(String id, AnswerLine line) {
        if (underWay.contains(id)) {
            add(line);
        }
    }

    /** The last line of a request under way; dropped if it has had its last. */
    synchronized void end(String id, AnswerLine line) {
        if (underWay.remove(id)) {
            lastWord = System.nanoTime();
            add(line);
            notifyAll();
        }
    }

    /** What a request under way is answered by is told as the client reads it. */
    synchronized void tell(String id, Source source) {
        if (state == State.OPEN && underWay.contains(id)) {
            if (saidLast) {
                source.finish();
            }
            sources.put(id, source);
            notifyAll();
        } else {
            source.close();
        }
    }

    /** A source may have more to tell. */
    synchronized void wake() {
        notifyAll();
    }

    synchronized void add(AnswerLine line) {
        if (state != State.OPEN) {
            return;
        }
        if (lines.size() == CAPACITY) {
            log.accept("control: " + peer + " left " + CAPACITY + " lines unread; disconnected");
            close();
            return;
        }
        lines.add(line);
        notifyAll();
    }

    /** Waits until no request is under way, or the client is gone. What is followed comes to an end. */
    synchronized void awaitAnswers() throws InterruptedException {
        saidLast = true;
        sources.values().forEach(Source::finish);
        notifyAll();
        while (state == State.OPEN && !underWay.isEmpty()) {
            wait();
        }
    }

    /** Takes no more lines, waits at most {@code limit} until those it has are written, then disconnects. */
    synchronized void finish(Duration limit) throws InterruptedException {
        if (state == State.OPEN) {
            state = State.FINISHING;
            notifyAll();
        }
        long deadline = System.nanoTime() + limit.toNanos();
        for (long left = limit.toNanos(); state != State.CLOSED && left > 0; left = deadline - System.nanoTime()) {
            wait(left / 1_000_000 + 1);
        }
        close();
    }

    synchronized void close() {
        if (state != State.CLOSED) {
            state = State.CLOSED;
            lines.clear();
            sources.values().forEach(Source::close);
            sources.clear();
            notifyAll();
            peer.close();
        }
    }

    /** Writes what there is, until it is closed. */
    void write() {
        try {
            for (Optional<AnswerLine> line = take(); line.isPresent(); line = take()) {
                output.write(line.get().bytes());
                output.flush();
            }
        } catch (IOException e) {
            // A client may go away when it likes; what it asked for goes on.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    private synchronized Optional<AnswerLine> take() throws InterruptedException {
        Optional<AnswerLine> next = next();
        while (next.isEmpty() && state == State.OPEN) {
            wait();
            next = next();
        }
        return next;
    }

    private Optional<AnswerLine> next() {
        if (!lines.isEmpty()) {
            return Optional.of(lines.remove());
        }
        for (Map.Entry<String, Source> one : List.copyOf(sources.entrySet())) {
            Source source = one.getValue();
            Optional<AnswerLine> line = source.next();
            sources.remove(one.getKey());
            if (source.isOver()) {
                source.close();
                underWay.remove(one.getKey());
                lastWord = System.nanoTime();
                notifyAll();
            } else {
                sources.put(one.getKey(), source); // the last one in turn now
            }
            if (line.isPresent()) {
                return line;
            }
        }
        return Optional.empty();
    }
}
