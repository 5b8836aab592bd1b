package dev.handover.supervisor.protocol;

import dev.handover.supervisor.linux.NotifySocket;
import dev.handover.supervisor.process.RunningWorkers;
import dev.handover.supervisor.process.RunningWorkers.Speaker;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Takes workers' sd_notify messages, as systemd defines them (sd_notify(3)). */
public final class NotifyReceiver implements AutoCloseable {
    private final NotifySocket socket;

    public NotifyReceiver(Path path, RunningWorkers running, Consumer<Event> inbox, Consumer<String> warnings)
            throws IOException {
        this.socket = NotifySocket.open(
                path,
                notification -> {
                    Optional<Speaker> speaker =
                            running.speaker(notification.sender().pid());
                    if (speaker.isEmpty()) {
                        warnings.accept("pid " + notification.sender().pid()
                                + " sent a notification but is no worker of this supervisor; ignored");
                    } else {
                        events(notification.text(), speaker.get()).forEach(inbox);
                    }
                },
                warnings);
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
        socket.close();
    }
}
