package dev.handover.supervisor.http;

import dev.handover.supervisor.control.Requests;
import dev.handover.supervisor.terms.HttpSpec;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where HTTP is answered now. What goes wrong with that is a line of the log, and concerns nothing else. */
public final class Listening implements AutoCloseable {
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Requests requests;
    private final Optional<String> monitorGroup;
    private final Consumer<String> warnings;
    private final Consumer<String> news;

    /** Not the core's thread: the libraries take their time to be loaded. It ends when there is nothing to do. */
    private final ExecutorService changes = new ThreadPoolExecutor(
            0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> daemon(task, "http-listening"));

    private Optional<HttpSpec> wanted = Optional.empty();

    /** Of the thread that changes it. */
    private Optional<HttpSpec> spec = Optional.empty();

    private @Nullable HttpListener listener;

    /** @param monitorGroup that a Unix socket is given to, by name or number */
    public Listening(
            Requests requests, Optional<String> monitorGroup, Consumer<String> warnings, Consumer<String> news) {
        this.requests = requests;
        this.monitorGroup = monitorGroup;
        this.warnings = warnings;
        this.news = news;
    }

    static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Has HTTP answered there from soon on, and nowhere else. Never waits; for one thread. */
    public void follow(Optional<HttpSpec> next) {
        if (next.isEmpty() && wanted.isEmpty()) {
            return;
        }
        wanted = next;
        try {
            changes.execute(() -> change(next));
        } catch (OutOfMemoryError noThread) {
            warnings.accept(
                    "HTTP is answered as before: there is no thread to change that (ulimit -u, or TasksMax of the"
                            + " unit); the next reload of all tries again");
        }
    }

    private void change(Optional<HttpSpec> next) {
        if (next.equals(spec) && listener != null) {
            return;
        }
        end();
        spec = next;
        next.ifPresent(this::open);
    }

    private void open(HttpSpec there) {
        try {
            listener = new HttpListener(there, monitorGroup, requests, warnings);
            news.accept("answers HTTP at " + there.place());
        } catch (IOException | RuntimeException | LinkageError failed) {
            String why = failed instanceof IOException refused ? Why.of(refused) : failed.toString();
            warnings.accept("can't answer HTTP at " + there.place() + ": " + why
                    + "; services are not concerned, and the next reload of all tries again");
        }
    }

    private void end() {
        HttpListener open = listener;
        listener = null;
        if (open != null) {
            open.close();
            news.accept("answers HTTP no more at " + open);
        }
    }

    /** Those who follow what happens have heard the last of it here; the end of the process ends the rest. */
    public void leave() {
        try {
            changes.submit(() -> {
                        HttpListener open = listener;
                        if (open != null) {
                            open.endFollowers("this supervisor leaves its place to the next one; come again");
                        }
                    })
                    .get(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RejectedExecutionException | OutOfMemoryError unheard) {
            // They notice the end of the connection.
        }
    }

    /** Ends the listener, and what it is at. */
    @Override
    public void close() {
        changes.shutdown();
        try {
            if (changes.awaitTermination(HttpListener.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                end();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
