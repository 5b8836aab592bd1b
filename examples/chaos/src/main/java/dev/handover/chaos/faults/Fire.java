package dev.handover.chaos.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A run: round after round of the schedule, and all that is known of it in the end. */
public final class Fire implements AutoCloseable {
    private static final Pattern STACK_TRACE = Pattern.compile(
            "^\\s+at [\\w.$/]+\\(.*\\)$|^Exception in thread|\\bjava\\.\\w+\\.\\w*(Exception|Error)\\b");

    private final FaultsOptions options;
    private final Journal journal;
    private final Site site;
    private final Schedule schedule;
    private final Strikes strikes;
    private final Requests requests;
    private final Settling settling;
    private final Growth growth = new Growth();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Struck> struck = new ArrayList<>();
    private final List<RoundRecord> rounds = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();

    private Fire(FaultsOptions options, UnaryOperator<List<String>> place, Consumer<String> listener)
            throws IOException, InterruptedException {
        this.options = options;
        this.journal = new Journal(listener);
        this.site = Site.open(new Site.Address(options.host(), options.http(), options.lines()), place);
        List<Kind> kinds = new ArrayList<>(Arrays.asList(Kind.values()));
        @Nullable String obstacle = Site.diskObstacle();
        if (obstacle != null) {
            kinds.remove(Kind.DISK_FULL);
            leftOut.add(Kind.DISK_FULL + ": " + obstacle);
        }
        this.schedule = new Schedule(options.seed(), kinds);
        this.strikes = new Strikes(site, journal);
        this.requests = new Requests(site, journal, threads);
        this.settling = new Settling(site);
    }

    /**
     * Starts the service and its supervisor; they are gone when this is closed.
     *
     * @param place how commands of the service's side are run, such as in a network namespace
     * @param listener hears what happens, a line at a time
     */
    public static Fire open(FaultsOptions options, UnaryOperator<List<String>> place, Consumer<String> listener)
            throws IOException, InterruptedException {
        return new Fire(options, place, listener);
    }

    /** Does the rounds, one after the other; what goes wrong is for {@link #end} to tell. */
    public void run() throws InterruptedException {
        try {
            int serving = settling.await();
            growth.look(site.supervised().pid());
            int number = options.from();
            while (journal.now() < options.duration().toNanos() / 1e9) {
                serving = round(schedule.round(number), serving);
                number++;
            }
        } catch (IOException | ExecutionException e) {
            say("given up: " + e.getMessage());
        }
    }

    private int round(Round round, int old) throws IOException, ExecutionException, InterruptedException {
        journal.say(round.toString());
        double began = journal.now();
        site.configure(round.move());
        Steps steps = new Steps();
        List<Future<Struck>> blows = new ArrayList<>();
        for (Blow blow : round.blows()) {
            blows.add(threads.submit(() -> strikes.strike(round, blow, steps, old)));
        }
        List<Answer> answers = requests.ask(round, steps);
        steps.end();
        for (Future<Struck> blow : blows) {
            struck.add(blow.get());
        }
        site.configureWell();
        if (!site.supervised().isAlive()) {
            say("round " + round.number() + ": the supervisor ended by itself: " + round);
            site.supervised().startAgain();
        }
        rounds.add(new RoundRecord(round, began, journal.now(), answers));
        rounds.get(rounds.size() - 1).wrong().forEach(this::say);
        int serving;
        try {
            serving = settling.await();
        } catch (IOException e) {
            throw new IOException("round " + round.number() + ": " + e.getMessage(), e);
        }
        growth.look(site.supervised().pid());
        journal.say("round " + round.number() + " is over, generation " + serving + " serves");
        return serving;
    }

    /** Ends the supervisor, when nobody comes to the service any more, and says what it and the rounds have come to. */
    public Burnt end() throws IOException, InterruptedException {
        threads.shutdownNow();
        threads.awaitTermination(1, TimeUnit.MINUTES);
        for (long pid : site.processes().all()) {
            Processes.signal("CONT", pid); // Where a round was given up, one may be stopped still.
        }
        try {
            site.end().forEach(this::say);
        } catch (IOException e) {
            say("at the end: " + e.getMessage());
        }
        wrong.addAll(strikes.wrong());
        wrong.addAll(growth.wrong());
        List<String> log = Files.readAllLines(site.supervised().folder().resolve("log"));
        log.stream()
                .filter(line -> STACK_TRACE.matcher(line).find())
                .limit(3)
                .forEach(line -> wrong.add("a stack trace in the supervisor's log: " + line));
        return new Burnt(
                options.seed(), journal, rounds, struck, strikes.deaths(), growth.lives(), wrong, leftOut, log);
    }

    private void say(String what) {
        wrong.add(what);
        journal.say(what);
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        site.close();
    }
}
