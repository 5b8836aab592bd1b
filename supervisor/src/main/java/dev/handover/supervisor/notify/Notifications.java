package dev.handover.supervisor.notify;

import dev.handover.supervisor.chronicle.Chronicle;
import dev.handover.supervisor.linux.Errands;
import dev.handover.supervisor.terms.NotifySpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * All that are told of what happens. Each has a place of its own in the chronicle: one that hangs holds up no other one, and
 * nobody else. What could not be told is told to nobody later.
 */
public final class Notifications implements AutoCloseable {
    private static final Path HOST = Path.of("/proc/sys/kernel/hostname");
    private static final long LAST_MILLIS = 2000;

    private final Chronicle chronicle;
    private final Errands errands;
    private final Consumer<String> failures;
    private final Consumer<String> news;
    /** Of the one thread that has others followed. */
    private final Map<String, Target> targets = new LinkedHashMap<>();

    /** The last event before there was anybody to be told; empty from when there has been. */
    private OptionalLong before;

    /**
     * Those that are followed first are told of what happens from now on.
     *
     * @param errands is its maker's to close, after this
     * @param failures takes a line that is worth a warning, from any thread, seldom
     * @param news takes a line for the log, from any thread
     */
    public Notifications(Chronicle chronicle, Errands errands, Consumer<String> failures, Consumer<String> news) {
        this.chronicle = chronicle;
        this.errands = errands;
        this.failures = failures;
        this.news = news;
        this.before = OptionalLong.of(chronicle.lastNumber());
    }

    /** Tells these from now on, and nobody else; who was told before in the same way, goes on where he is. Never waits. */
    public void follow(List<NotifySpec> wanted) {
        long after = before.orElseGet(chronicle::lastNumber);
        before = OptionalLong.empty();
        targets.values().removeIf(target -> {
            boolean gone = !wanted.contains(target.spec());
            if (gone) {
                target.close();
            }
            return gone;
        });
        for (NotifySpec spec : wanted) {
            if (!targets.containsKey(spec.name())) {
                try {
                    targets.put(
                            spec.name(), new Target(spec, delivery(spec), chronicle, after, host(), failures, news));
                } catch (OutOfMemoryError noThread) {
                    failures.accept(
                            "notify." + spec.name() + " is told of nothing: there is no thread for it (ulimit -u, or"
                                    + " TasksMax of the unit); the next reload of all tries again");
                }
            }
        }
    }

    private Delivery delivery(NotifySpec spec) {
        return spec.way() instanceof NotifySpec.Command command
                ? new NotifyCommand(command, errands)
                : new Webhook((NotifySpec.Webhook) spec.way());
    }

    private static String host() {
        try {
            return Files.readString(HOST).strip();
        } catch (IOException unreadable) {
            return "localhost";
        }
    }

    /** Tells nobody anything any more, and waits for nothing: another supervisor goes on. */
    public void leave() {
        targets.values().forEach(Target::close);
    }

    /** Tells what has come, for two seconds at most, and nothing more. */
    @Override
    public void close() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LAST_MILLIS);
        if (!targets.isEmpty()) {
            chronicle.flush();
        }
        try {
            for (Target target : targets.values()) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (!target.awaitQuiet(Math.max(0, left))) {
                    news.accept(target + ": what was still to be told is told to nobody, since the supervisor ends");
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        targets.values().forEach(Target::close);
    }
}
