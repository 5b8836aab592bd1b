package dev.handover.supervisor.upgrade;

import dev.handover.supervisor.config.Inheritance;
import dev.handover.supervisor.linux.Fifo;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.UpgradeReport;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** This supervisor's taking of another one's place, under the same pid; until it is done, there is a way back. */
public final class Succession {
    /** A machine that is short of everything may take a minute to start a JVM, and to go back takes as long again. */
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Path path;
    private final Note note;
    private final CountDownLatch over = new CountDownLatch(1);

    private Succession(Path path, Note note) {
        this.path = path;
        this.note = note;
    }

    /**
     * Of a supervisor that takes another one's place; empty for one that was started.
     *
     * @throws IOException if what the other one noted can't be read
     */
    public static Optional<Succession> of(Map<String, String> environment) throws IOException {
        String path = environment.get(Inheritance.UPGRADE);
        return path == null || Files.notExists(Path.of(path))
                ? Optional.empty()
                : Optional.of(new Succession(Path.of(path), Note.read(Path.of(path))));
    }

    /**
     * Goes back by itself where it is not done in time: a supervisor that stands still is none. Until then the service manager
     * is to wait, too.
     *
     * @param troubles told what {@link #goBack} is
     * @param heartbeat how often the service manager is to be told that this process lives, if it wants that
     * @param alive tells it
     */
    public void limit(Consumer<String> troubles, Optional<Duration> heartbeat, Runnable alive) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        long between = heartbeat.orElse(LIMIT).toNanos();
        Thread watch = new Thread(
                () -> {
                    try {
                        if (!isOver(deadline, between, alive)) {
                            goBack("it was not ready within " + LIMIT.toSeconds() + " s", troubles);
                        }
                    } catch (InterruptedException nobodyDoesThat) {
                        Thread.currentThread().interrupt();
                    }
                },
                "upgrade-limit");
        watch.setDaemon(true);
        watch.start();
    }

    /** Waits for it, until the deadline. */
    private boolean isOver(long deadline, long between, Runnable alive) throws InterruptedException {
        for (long left = deadline - System.nanoTime(); left > 0; left = deadline - System.nanoTime()) {
            if (over.await(Math.min(left, between), TimeUnit.NANOSECONDS)) {
                return true;
            }
            alive.run();
        }
        return false;
    }

    /** Whether the other one would be back, if this one fails now. */
    public synchronized boolean isReversible() {
        return over.getCount() > 0 && note.failure().isEmpty();
    }

    /**
     * This one has taken over; from now on it ends like any other.
     *
     * @param memory what it goes on with
     * @param troubles told what could not be cleared away
     */
    public synchronized UpgradeReport done(Memory memory, Consumer<String> troubles) {
        over.countDown();
        note.lifeline().ifPresent(Fifo::letGo);
        Path folder = Objects.requireNonNull(path.getParent());
        if (note.failure().isEmpty()) {
            Upgrades.clear(folder, troubles);
        } else {
            dropNote(troubles); // the jar beside it is what runs
        }
        int workers = memory.generations().stream()
                .mapToInt(one -> one.processes().size())
                .sum();
        int services = (int) memory.generations().stream()
                .map(one -> one.spec().name())
                .distinct()
                .count();
        Duration without = Duration.between(note.at(), Instant.now());
        return new UpgradeReport(note.upgrade(), note.failure(), without, workers, services);
    }

    private void dropNote(Consumer<String> troubles) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException left) {
            troubles.accept(path + " is left behind: " + Why.of(left));
        }
    }

    /**
     * Makes this process the one from before again.
     *
     * @param troubles told what is done, and, if it returns, why that can't be
     */
    public synchronized void goBack(String why, Consumer<String> troubles) {
        if (!isReversible()) {
            return;
        }
        troubles.accept("version " + note.upgrade().to() + " could not take over: " + why + "; going back to version "
                + note.upgrade().from());
        try {
            Upgrades.goBack(note, why, Objects.requireNonNull(path.getParent()));
        } catch (IOException failed) {
            troubles.accept("there is no way back: " + Why.of(failed)
                    + "; the workers serve on, and the next supervisor that is started goes on with them");
        }
    }
}
