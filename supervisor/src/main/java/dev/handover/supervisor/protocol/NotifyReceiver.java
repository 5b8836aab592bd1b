package dev.handover.supervisor.protocol;

import dev.handover.supervisor.lines.Sparing;
import dev.handover.supervisor.linux.Account;
import dev.handover.supervisor.linux.Notification;
import dev.handover.supervisor.linux.NotifySocket;
import dev.handover.supervisor.linux.PrivateFolder;
import dev.handover.supervisor.linux.ReadWatch;
import dev.handover.supervisor.process.NotifyPlaces;
import dev.handover.supervisor.process.RunningWorkers;
import dev.handover.supervisor.process.RunningWorkers.Speaker;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Takes workers' sd_notify messages, as systemd defines them (sd_notify(3)). Each worker has a socket of its own, so nobody
 * is looked up: who sends may have ended by the time that its message is read (systemd-notify --no-block).
 */
public final class NotifyReceiver implements NotifyPlaces, AutoCloseable {
    private static final String EXTEND = "EXTEND_TIMEOUT_USEC=";
    /** Of 15 digits: more than anybody waits, and no nanoseconds that overflow. */
    private static final Pattern MICROSECONDS = Pattern.compile("0*[1-9][0-9]{0,14}");

    private final Path folder;
    private final RunningWorkers running;
    private final Consumer<Event> inbox;
    private final Consumer<String> warnings;
    private final ReadWatch watch;
    private final Map<WorkerId, NotifySocket> sockets = new ConcurrentHashMap<>();

    /** @param folder of the sockets; made if it is missing */
    public NotifyReceiver(Path folder, RunningWorkers running, Consumer<Event> inbox, Consumer<String> warnings)
            throws IOException {
        this.folder = PrivateFolder.ensure(folder);
        this.running = running;
        this.inbox = inbox;
        this.warnings = warnings;
        this.watch = new ReadWatch("notify-read", line -> warnings.accept(folder + ": " + line));
    }

    @Override
    public Path open(WorkerId worker, Optional<Account> account) throws IOException {
        finish(worker);
        Sparing spared = new Sparing(warnings);
        NotifySocket socket = new NotifySocket(
                NotifyPath.of(folder, worker), watch, notification -> take(worker, notification, spared), spared);
        sockets.put(worker, socket);
        if (account.isPresent()) {
            PrivateFolder.letThrough(folder);
            socket.giveTo(account.get());
        }
        return socket.path();
    }

    @Override
    public void reopen(WorkerId worker, Optional<Account> account) throws IOException {
        open(worker, account);
    }

    /** Removes the sockets of workers that have ended while there was no supervisor, before any is gone on with. */
    public void clear(Memory remembered) {
        Set<Path> theirs = remembered.workers().stream()
                .map(worker -> NotifyPath.of(folder, worker))
                .collect(Collectors.toSet());
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path one : all) {
                if (!theirs.contains(one)) {
                    Files.deleteIfExists(one);
                }
            }
        } catch (IOException refused) {
            warnings.accept("sockets that an earlier supervisor left are not cleared: " + Why.of(refused));
        }
    }

    private void take(WorkerId worker, Notification notification, Consumer<String> spared) {
        Optional<Speaker> speaker = running.speaker(worker);
        if (speaker.isEmpty()) {
            spared.accept("pid " + notification.sender().pid() + " sent a notification for " + worker
                    + ", which does not run; ignored");
        } else {
            events(notification.text(), speaker.get(), spared).forEach(inbox);
        }
    }

    @Override
    public void finish(WorkerId worker) {
        @Nullable NotifySocket socket = sockets.remove(worker);
        if (socket != null) {
            try (socket) {
                socket.takeRest();
            } catch (IOException failed) {
                warnings.accept("the last notifications of " + worker + " can't be read: " + Why.of(failed));
            }
        }
    }

    /**
     * Assignments that mean nothing here are passed over, as systemd does.
     *
     * @param warnings told of a value that can't be understood, in a line for the log
     */
    static List<Event> events(String text, Speaker speaker, Consumer<String> warnings) {
        WorkerId worker = speaker.worker();
        long pid = speaker.workerPid();
        List<Event> events = new ArrayList<>();
        for (String assignment : text.split("\n")) {
            switch (assignment) {
                case "READY=1" -> events.add(new Event.SaidReady(worker, pid));
                case "STOPPING=1" -> events.add(new Event.SaidDraining(worker, pid));
                case "WATCHDOG=1" -> events.add(new Event.SaidAlive(worker, pid));
                case "WATCHDOG=trigger" -> events.add(new Event.SaidFailed(worker, pid));
                default -> {
                    if (assignment.startsWith("STATUS=")) {
                        events.add(new Event.SaidStatus(worker, pid, assignment.substring("STATUS=".length())));
                    } else if (assignment.startsWith(EXTEND)) {
                        Optional<Duration> by = microseconds(assignment.substring(EXTEND.length()));
                        by.ifPresentOrElse(
                                time -> events.add(new Event.SaidExtends(worker, pid, time)),
                                () -> warnings.accept(worker + " says " + assignment
                                        + ": expected a number of microseconds, more than 0; ignored"));
                    }
                }
            }
        }
        return events;
    }

    private static Optional<Duration> microseconds(String text) {
        return MICROSECONDS.matcher(text).matches()
                ? Optional.of(Duration.of(Long.parseLong(text), ChronoUnit.MICROS))
                : Optional.empty();
    }

    @Override
    public void close() throws IOException {
        for (NotifySocket socket : sockets.values()) {
            socket.close();
        }
        watch.close();
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException foreign) {
            // Not ours to remove.
        }
    }
}
