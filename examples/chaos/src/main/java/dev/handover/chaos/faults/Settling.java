package dev.handover.chaos.faults;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.handover.chaos.faults.Processes.Worker;
import dev.handover.harness.Control;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Waits after a round until the service runs and is steered, with the workers alone that it should have. */
final class Settling {
    /** A worker's next start may be 30 s away, and a supervisor's takes a minute or two on a machine with much else to do. */
    private static final Duration LONGEST = Duration.ofMinutes(3);

    private static final Duration TO_ANSWER = Duration.ofSeconds(10);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Site site;

    Settling(Site site) {
        this.site = site;
    }

    /**
     * Returns once all is as it should be.
     *
     * @return the generation that serves
     * @throws IOException if it isn't within its time: the message says what isn't
     */
    int await() throws IOException, InterruptedException {
        long until = System.nanoTime() + LONGEST.toNanos();
        while (true) {
            Seen seen = look();
            if (seen.wrong().isEmpty()) {
                return seen.serving();
            }
            if (System.nanoTime() > until) {
                throw new IOException(
                        "not as it should be after " + LONGEST.toSeconds() + " s: " + String.join(", ", seen.wrong()));
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN.toMillis());
        }
    }

    private record Seen(int serving, List<String> wrong) {}

    private Seen look() throws IOException {
        List<String> wrong = new ArrayList<>();
        int serving = 0;
        try (Control control = Control.connect(site.control())) {
            JsonObject request = new JsonObject();
            request.addProperty("method", "status");
            JsonObject answer = control.ask(request, TO_ANSWER, event -> {});
            if (!answer.has("result")) {
                return new Seen(0, List.of("status: " + answer));
            }
            JsonObject service = answer.getAsJsonObject("result")
                    .getAsJsonArray("services")
                    .get(0)
                    .getAsJsonObject();
            String state = service.get("state").getAsString();
            String steered = service.has("steering")
                    ? service.getAsJsonObject("steering").get("mode").getAsString()
                    : "not known";
            serving = service.has("serving") ? service.get("serving").getAsInt() : 0;
            TreeSet<Long> ready = new TreeSet<>();
            for (JsonElement one : service.getAsJsonArray("generations")) {
                JsonObject generation = one.getAsJsonObject();
                if (!generation.get("state").getAsString().equals("serving")) {
                    wrong.add("generation " + generation.get("generation") + " is " + generation.get("state"));
                }
                for (JsonElement worker : generation.getAsJsonArray("workers")) {
                    if (worker.getAsJsonObject().get("state").getAsString().equals("ready")) {
                        ready.add(worker.getAsJsonObject().get("pid").getAsLong());
                    }
                }
            }
            if (!state.equals("running")) {
                wrong.add("the service is " + state + (service.has("reason") ? ": " + service.get("reason") : ""));
            }
            if (!steered.equals("steered")) {
                wrong.add("steering is " + steered + ": " + service.get("steering"));
            }
            if (ready.size() != Site.WORKERS) {
                wrong.add(ready.size() + " workers are ready");
            }
            TreeSet<Long> alive = new TreeSet<>(
                    site.processes().workers().stream().map(Worker::pid).toList());
            if (!alive.equals(ready)) {
                wrong.add("processes " + alive + " live, and the supervisor says " + ready);
            }
        } catch (IOException e) {
            wrong.add("status: " + e.getMessage());
        }
        return new Seen(serving, wrong);
    }
}
