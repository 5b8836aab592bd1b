package dev.handover.supervisor.http;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the supervisor is asked for again and again, by any number of readers: one question is under way at most, and its answer
 * is everybody's for a while.
 */
final class Asked<T> {
    /** For how long an answer is good, from the question on. */
    static final Duration GOOD = Duration.ofMillis(500);

    private final Consumer<CompletableFuture<T>> question;
    private final Duration limit;
    private final Semaphore places;
    private @Nullable CompletableFuture<T> last;
    private long askedAt;

    /**
     * @param question asks, without waiting, for what completes the future
     * @param limit how long a reader waits
     * @param most how many wait at a time, so that they leave places to those who ask something else
     */
    Asked(Consumer<CompletableFuture<T>> question, Duration limit, int most) {
        this.question = question;
        this.limit = limit;
        this.places = new Semaphore(most);
    }

    T answer() throws Unanswered {
        CompletableFuture<T> answer = current();
        boolean waits = !answer.isDone();
        if (waits && !places.tryAcquire()) {
            throw new Unanswered("as many wait for the supervisor's answer already as may; ask again");
        }
        try {
            return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            throw new Unanswered("the supervisor has not answered within " + limit.toSeconds() + " s");
        } catch (ExecutionException refused) {
            throw new Unanswered(String.valueOf(
                    Objects.requireNonNullElse(refused.getCause(), refused).getMessage()));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new Unanswered("interrupted");
        } finally {
            if (waits) {
                places.release();
            }
        }
    }

    private synchronized CompletableFuture<T> current() {
        CompletableFuture<T> there = last;
        long now = System.nanoTime();
        // One that is never answered is asked again, after those who waited for it have given up.
        long good = there != null && there.isDone() ? GOOD.toNanos() : 2 * limit.toNanos();
        if (there == null || now - askedAt >= good) {
            there = new CompletableFuture<>();
            last = there;
            askedAt = now;
            try {
                question.accept(there);
            } catch (RuntimeException failed) {
                there.completeExceptionally(failed);
            }
        }
        return there;
    }
}
