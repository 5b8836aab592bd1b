package dev.handover.supervisor.protocol;

import dev.handover.supervisor.linux.Notification;
import dev.handover.supervisor.linux.NotifySocket;
import dev.handover.supervisor.linux.PrivateFolder;
import dev.handover.supervisor.linux.ReadWatch;
import dev.handover.supervisor.process.NotifyPlaces;
import dev.handover.supervisor.process.RunningWorkers;
import dev.handover.supervisor.process.RunningWorkers.Speaker;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes workers' sd_notify messages, as systemd defines them (sd_notify(3)). Each worker has a socket of its own, so nobody
 * is looked up: who sends may have ended by the time that its message is read (systemd-notify --no-block).
 */
public final class NotifyReceiver implements NotifyPlaces, AutoCloseable {
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
    public Path open(WorkerId worker) throws IOException {
        finish(worker);
        NotifySocket socket = new NotifySocket(
                NotifyPath.of(folder, worker), watch, notification -> take(worker, notification), warnings);
        sockets.put(worker, socket);
        return socket.path();
    }

    @Override
    public void reopen(WorkerId worker) throws IOException {
        open(worker);
    }

    private void take(WorkerId worker, Notification notification) {
        Optional<Speaker> speaker = running.speaker(worker);
        if (speaker.isEmpty()) {
            warnings.accept("pid " + notification.sender().pid() + " sent a notification for " + worker
                    + ", which does not run; ignored");
        } else {
            events(notification.text(), speaker.get()).forEach(inbox);
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

    /** Assignments that mean nothing here are passed over, as systemd does. */
    static List<Event> events(String text, Speaker speaker) {
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
                    }
                }
            }
        }
        return events;
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
