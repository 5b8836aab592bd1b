package dev.handover.supervisor.daemon;

import dev.handover.supervisor.linux.SystemdNotifier;
import dev.handover.supervisor.terms.Effect.Standing;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The service manager that started the supervisor, if it is one that wants to be told (sd_notify(3)). */
final class Systemd {
    private final SystemdNotifier notifier;
    private final Log log;
    private boolean saidReady;

    Systemd(SystemdNotifier notifier, Log log) {
        this.notifier = notifier;
        this.log = log;
    }

    void announce(Standing standing, String status) {
        StringBuilder message = new StringBuilder("STATUS=").append(status);
        if (standing == Standing.READY && !saidReady) {
            message.append("\nREADY=1");
            saidReady = true;
        }
        if (standing == Standing.STOPPING) {
            message.append("\nSTOPPING=1");
        }
        send(message.toString());
    }

    /** Another program takes this one's place, under the same pid: until that says that it is ready. */
    void givesWay() {
        send("RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(System.nanoTime())
                + "\nSTATUS=being upgraded\nWATCHDOG=1");
    }

    /** How often it wants to hear that the supervisor's loop turns, if it does. */
    Optional<Duration> heartbeat() {
        return notifier.watchdog().map(timeout -> timeout.dividedBy(2));
    }

    void alive() {
        send("WATCHDOG=1");
    }

    private void send(String message) {
        try {
            notifier.send(message);
        } catch (IOException untold) {
            log.warn(Why.of(untold) + "; services go on");
        }
    }
}
