package dev.handover.chaos.faults;

import dev.handover.chaos.faults.Processes.Worker;
import dev.handover.harness.Control;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Does what is planned, and undoes it. Several may be under way at once, each in a thread of its own. */
final class Strikes {
    private static final Duration TO_STEP = Duration.ofMinutes(3);
    /** A second supervisor is a JVM that starts, and waits a while for the first one to make way. */
    private static final Duration TO_BE_REFUSED = Duration.ofSeconds(60);

    /** Longer than a supervisor is ever stopped, or without descriptors. */
    private static final Duration TO_ANSWER = Duration.ofSeconds(20);

    /** Its own exit code for it; and a shell's for SIGUSR2, which ends a launcher that is not a supervisor yet. */
    private static final Set<Integer> LEFT = Set.of(8, 128 + 12);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private final Site site;
    private final Journal journal;
    private final List<Death> deaths = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    /** What a process holds is looked up while it is stopped: nobody else lets it go on then. */
    private final ReentrantLock looking = new ReentrantLock();
    /** One supervisor is started at a time. */
    private final ReentrantLock starting = new ReentrantLock();

    Strikes(Site site, Journal journal) {
        this.site = site;
        this.journal = journal;
    }

    synchronized List<Death> deaths() {
        return List.copyOf(deaths);
    }

    /** What should not have been, in words. */
    synchronized List<String> wrong() {
        return List.copyOf(wrong);
    }

    /** Waits for its moment, does it, and undoes it; {@code old} is the generation that served as the round began. */
    Struck strike(Round round, Blow blow, Steps steps, int old) throws IOException, InterruptedException {
        if (blow.at() != null && !steps.await(blow.at(), TO_STEP)) {
            return leftOut(round, blow, "the handover did not come to that step");
        }
        TimeUnit.NANOSECONDS.sleep(blow.after().toNanos());
        return switch (blow.kind()) {
            case KILL_OLD_WORKER, KILL_NEW_WORKER, STOP_OLD_WORKER, STOP_NEW_WORKER, WORKER_WITHOUT_DESCRIPTORS ->
                strikeWorker(round, blow, steps, old);
            case FULL_QUEUES -> stopAll(round, blow);
            case KILL_SUPERVISOR -> killSupervisor(round, blow);
            case RESTART_SUPERVISOR -> restartSupervisor(round, blow);
            case STOP_SUPERVISOR ->
                stopFor(round, blow, "the supervisor", site.supervised().pid());
            case SUPERVISOR_WITHOUT_DESCRIPTORS ->
                limitFor(round, blow, "the supervisor", site.supervised().pid());
            case SECOND_SUPERVISOR -> startSecond(round, blow);
            case DISK_FULL -> fillDisk(round, blow);
        };
    }

    private Struck strikeWorker(Round round, Blow blow, Steps steps, int old) throws IOException, InterruptedException {
        boolean isOld = blow.kind().victim() == Kind.Victim.OLD;
        List<Worker> victims = victims(isOld, old);
        while (victims.isEmpty() && !steps.areOver()) {
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN.toMillis());
            victims = victims(isOld, old);
        }
        if (victims.isEmpty()) {
            return leftOut(round, blow, "there was no " + (isOld ? "old" : "new") + " worker");
        }
        Worker victim = victims.get(blow.which() % victims.size());
        return switch (blow.kind()) {
            case KILL_OLD_WORKER, KILL_NEW_WORKER -> {
                Struck struck = struck(round, blow, victim.toString(), victim.pid());
                kill(round, blow.kind(), victim.toString(), victim.pid(), victim.generation());
                yield struck;
            }
            case STOP_OLD_WORKER, STOP_NEW_WORKER -> stopFor(round, blow, victim.toString(), victim.pid());
            default -> limitFor(round, blow, victim.toString(), victim.pid());
        };
    }

    private List<Worker> victims(boolean isOld, int old) throws IOException {
        return site.processes().workers().stream()
                .filter(worker -> isOld ? worker.generation() <= old : worker.generation() > old)
                .toList();
    }

    private void kill(Round round, Kind kind, String who, long pid, int generation) throws IOException {
        looking.lock();
        try {
            if (!Processes.stop(pid)) {
                return;
            }
            Holdings held = heldBy(pid);
            double now = journal.now();
            synchronized (this) {
                deaths.add(new Death(round.number(), now, kind, who, pid, generation, held));
            }
            Processes.signal("KILL", pid);
            journal.say("killed: " + who + ", pid " + pid + ", which held "
                    + held.accepted().size() + " connections"
                    + (held.queued().isEmpty()
                            ? ""
                            : " and alone a queue, of " + held.queued().size() + " in all")
                    + (held.isLast() ? "; nobody listens any more" : ""));
        } finally {
            looking.unlock();
        }
    }

    private Holdings heldBy(long pid) throws IOException {
        try {
            return Holdings.of(pid, site);
        } catch (IOException e) {
            Processes.signal("CONT", pid); // Else a round that is to be given up waits for one that is stopped.
            throw e;
        }
    }

    private Struck killSupervisor(Round round, Blow blow) throws IOException, InterruptedException {
        starting.lock();
        try {
            long pid = site.supervised().pid();
            Struck struck = struck(round, blow, "the supervisor", pid);
            kill(round, blow.kind(), "the supervisor", pid, 0);
            site.supervised().killSupervisor();
            TimeUnit.NANOSECONDS.sleep(blow.lasts().toNanos());
            startNext();
            journal.say("started: the next supervisor, pid " + site.supervised().pid());
            return struck;
        } finally {
            starting.unlock();
        }
    }

    /** As the unit file does it: the signal, and the next one as soon as this one has left. */
    private Struck restartSupervisor(Round round, Blow blow) throws IOException, InterruptedException {
        starting.lock();
        try {
            long pid = site.supervised().pid();
            Struck struck = struck(round, blow, "the supervisor", pid);
            Processes.signal("USR2", pid);
            journal.say("told to leave: the supervisor, pid " + pid);
            int code = site.supervised().awaitEnd();
            if (!LEFT.contains(code)) {
                say("the supervisor, pid " + pid + ", was told to leave, and ended with " + code);
            }
            startNext();
            journal.say("it ended with " + code + "; started: the next supervisor, pid "
                    + site.supervised().pid());
            return struck;
        } finally {
            starting.unlock();
        }
    }

    /** With a good file, whatever the round asks for: with a bad one it would end. */
    private void startNext() throws IOException {
        site.configureWell();
        site.supervised().startAgain();
    }

    private Struck stopFor(Round round, Blow blow, String who, long pid) throws IOException, InterruptedException {
        Struck struck = struck(round, blow, who, pid);
        Processes.signal("STOP", pid);
        journal.say("stopped: " + who + ", pid " + pid);
        TimeUnit.NANOSECONDS.sleep(blow.lasts().toNanos());
        goOn(List.of(pid));
        journal.say("goes on: " + who + ", pid " + pid);
        return struck;
    }

    private Struck stopAll(Round round, Blow blow) throws IOException, InterruptedException {
        List<Long> all = site.processes().workers().stream().map(Worker::pid).toList();
        Struck struck = struck(round, blow, "all workers", 0);
        for (long pid : all) {
            Processes.signal("STOP", pid);
        }
        journal.say("stopped: all workers, pids " + all);
        TimeUnit.NANOSECONDS.sleep(blow.lasts().multipliedBy(2).toNanos());
        goOn(all);
        journal.say("go on: pids " + all);
        return struck;
    }

    private void goOn(List<Long> pids) throws IOException {
        looking.lock();
        try {
            for (long pid : pids) {
                Processes.signal("CONT", pid);
            }
        } finally {
            looking.unlock();
        }
    }

    private Struck limitFor(Round round, Blow blow, String who, long pid) throws IOException, InterruptedException {
        Struck struck = struck(round, blow, who, pid);
        String before = Processes.softLimit(pid);
        int free = 0;
        var open = Processes.descriptors(pid);
        while (open.containsKey(free)) {
            free++;
        }
        try {
            Processes.limit(pid, Integer.toString(free));
            journal.say("out of descriptors: " + who + ", pid " + pid + ", at " + free);
            TimeUnit.NANOSECONDS.sleep(blow.lasts().toNanos());
            Processes.limit(pid, before);
            journal.say("has descriptors again: " + who + ", pid " + pid);
        } catch (IOException ended) {
            if (Processes.isAlive(pid)) {
                throw ended;
            }
        }
        return struck;
    }

    private Struck startSecond(Round round, Blow blow) throws IOException, InterruptedException {
        if (round.move() == Move.UPGRADE) {
            return leftOut(round, blow, "an upgrade leaves a moment in which a second one could be the first");
        }
        starting.lock();
        try {
            long first = site.supervised().pid();
            if (!awaitAnswer(first)) { // Else the one that was started last may come first.
                return leftOut(round, blow, "the supervisor, pid " + first + ", does not answer");
            }
            Struck struck = struck(round, blow, "the supervisor", first);
            Process second = new ProcessBuilder(site.supervisorWords())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            site.supervised().folder().resolve("log").toFile()))
                    .start();
            if (!second.waitFor(TO_BE_REFUSED.toMillis(), TimeUnit.MILLISECONDS)) {
                second.destroyForcibly().waitFor();
                say("a second supervisor beside pid " + struck.pid() + " did not end within "
                        + TO_BE_REFUSED.toSeconds() + " s");
            } else {
                journal.say("a second supervisor ended with " + second.exitValue());
                if (second.exitValue() == 0) {
                    say("a second supervisor beside pid " + struck.pid() + " ended with 0");
                }
            }
            return struck;
        } finally {
            starting.unlock();
        }
    }

    /** Whether that supervisor is the one that answers by now, or within a while. */
    private boolean awaitAnswer(long pid) throws InterruptedException {
        long until = System.nanoTime() + TO_ANSWER.toNanos();
        while (Processes.isAlive(pid) && System.nanoTime() < until) {
            try (Control control = Control.connect(site.control())) {
                if (control.ask("version").get("pid").getAsLong() == pid) {
                    return true;
                }
            } catch (IOException notYet) {
                // It is looked again.
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN.toMillis());
        }
        return false;
    }

    private Struck fillDisk(Round round, Blow blow) throws IOException, InterruptedException {
        Struck struck = struck(round, blow, "the state's disk", 0);
        site.fillDisk();
        journal.say("full: the state's disk");
        TimeUnit.NANOSECONDS.sleep(blow.lasts().toNanos());
        site.emptyDisk();
        journal.say("has room again: the state's disk");
        return struck;
    }

    private synchronized void say(String what) {
        wrong.add(what);
        journal.say(what);
    }

    private Struck struck(Round round, Blow blow, String target, long pid) throws IOException {
        return new Struck(round.number(), journal.now(), blow.kind().toString(), target, pid, Holdings.open(site), "");
    }

    private Struck leftOut(Round round, Blow blow, String why) {
        journal.say("left out: " + blow + ": " + why);
        return new Struck(round.number(), journal.now(), blow.kind().toString(), "", 0, 0, why);
    }
}
