package dev.handover.chaos.faults;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.handover.harness.Control;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks the supervisor for a round's move, over the control protocol, and hears of its steps. */
final class Requests {
    /** Longer than any limit of the service's: a reload that has not ended by then hangs. */
    private static final Duration LONGEST = Duration.ofMinutes(3);

    private static final Duration TO_CANARY = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);
    private static final List<String> IF_BUSY = List.of("replace", "wait", "replace", "refuse");

    private final Site site;
    private final Journal journal;
    private final ExecutorService threads;

    Requests(Site site, Journal journal, ExecutorService threads) {
        this.site = site;
        this.journal = journal;
        this.threads = threads;
    }

    /** Asks, and waits for every answer. */
    List<Answer> ask(Round round, Steps steps) throws InterruptedException {
        List<Future<Answer>> asked = new ArrayList<>();
        switch (round.move()) {
            case RELOAD, SLOW_DRAIN, NEVER_READY, EXITS_ONCE, SYNTAX_ERROR, MISSING_PROGRAM, FOREIGN_ADDRESS ->
                asked.add(begin(reload(), steps, null));
            case UPGRADE -> asked.add(begin(request("upgrade"), steps, null));
            case STORM -> {
                for (int i = 0; i < round.requests(); i++) {
                    JsonObject reload = reload();
                    reload.addProperty("if_busy", IF_BUSY.get(i % IF_BUSY.size()));
                    asked.add(begin(reload, steps, null));
                    TimeUnit.MILLISECONDS.sleep(round.pause().toMillis() / round.requests());
                }
            }
            case GONE_BACK, STANDBY_STORM -> {
                Future<Answer> reload = begin(reload(), steps, null);
                asked.add(reload);
                while (!reload.isDone()) {
                    TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN.toMillis());
                }
                asked.add(begin(request("rollback"), steps, null));
                for (int i = 1; round.move() == Move.STANDBY_STORM && i < round.requests(); i++) {
                    asked.add(begin(i % 2 == 0 ? request("rollback") : reload(), steps, null));
                    TimeUnit.MILLISECONDS.sleep(round.pause().toMillis() / round.requests());
                }
            }
            case PROMOTED, ROLLED_BACK, CANARY_STORM -> {
                CountDownLatch isCanary = new CountDownLatch(1);
                JsonObject reload = reload();
                reload.add(
                        "canary",
                        JsonParser.parseString(
                                "{\"steps\":[\"30%\"],\"step\":\"3s\",\"end\":\"promote\",\"judge\":false}"));
                Future<Answer> canary = begin(reload, steps, isCanary);
                asked.add(canary);
                awaitCanary(isCanary, canary);
                TimeUnit.MILLISECONDS.sleep(round.pause().toMillis());
                for (String method : afterwards(round)) {
                    asked.add(begin(request(method), steps, null));
                }
            }
        }
        List<Answer> answers = new ArrayList<>();
        try {
            for (Future<Answer> one : asked) {
                answers.add(one.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        return answers;
    }

    private static List<String> afterwards(Round round) {
        return switch (round.move()) {
            case PROMOTED -> List.of("promote");
            case ROLLED_BACK -> List.of("rollback");
            default -> round.requests() % 2 == 0 ? List.of("promote", "rollback") : List.of("rollback", "promote");
        };
    }

    private static void awaitCanary(CountDownLatch isCanary, Future<Answer> reload) throws InterruptedException {
        long until = System.nanoTime() + TO_CANARY.toNanos();
        while (!reload.isDone()
                && System.nanoTime() < until
                && !isCanary.await(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {}
    }

    private Future<Answer> begin(JsonObject request, Steps steps, @Nullable CountDownLatch isCanary) {
        return threads.submit(() -> {
            Answer answer = await(request, steps, isCanary);
            journal.say(answer.toString());
            return answer;
        });
    }

    private Answer await(JsonObject request, Steps steps, @Nullable CountDownLatch isCanary) {
        String method = request.get("method").getAsString();
        double askedAt = journal.now();
        @Nullable Double[] flippedAt = new @Nullable Double[1];
        try (Control control = Control.connect(site.control())) {
            JsonObject line = control.ask(request, LONGEST, event -> {
                if (event.has("phase")) {
                    String phase = event.get("phase").getAsString();
                    Step step = Step.of(phase, event.get("state").getAsString());
                    if (step != null) {
                        steps.reach(step);
                    }
                    if (step == Step.FLIPPED) {
                        flippedAt[0] = journal.now();
                    }
                    if (isCanary != null && phase.equals("canary")) {
                        isCanary.countDown();
                    }
                }
            });
            return Answer.read(method, askedAt, journal.now(), line, flippedAt[0]);
        } catch (IOException e) {
            return new Answer(
                    method,
                    askedAt,
                    journal.now(),
                    Answer.UNANSWERED,
                    null,
                    0,
                    flippedAt[0],
                    String.valueOf(e.getMessage()));
        }
    }

    private static JsonObject reload() {
        JsonObject request = request("reload");
        request.addProperty("service", Site.SERVICE);
        return request;
    }

    private static JsonObject request(String method) {
        JsonObject request = new JsonObject();
        request.addProperty("method", method);
        return request;
    }
}
