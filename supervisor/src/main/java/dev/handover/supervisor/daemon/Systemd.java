package dev.handover.supervisor.daemon;

import dev.handover.supervisor.linux.SystemdNotifier;
import dev.handover.supervisor.terms.Effect.Standing;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The service manager that started the supervisor, if it is one that wants to be told (sd_notify(3)). */
final class Systemd {
    private static final String SINCE_248 = "SYSTEMD_EXEC_PID";

    private final SystemdNotifier notifier;
    private final Log log;
    /** Before 249 systemd takes a unit that crashes in a reload to be reloading for ever; 248 alone has both, the variable and that. */
    private final boolean takesReloads;

    private Standing said = Standing.STARTING;
    private int bySignal;

    Systemd(SystemdNotifier notifier, Map<String, String> environment, Log log) {
        this.notifier = notifier;
        this.takesReloads = environment.containsKey(SINCE_248);
        this.log = log;
    }

    synchronized void announce(Standing standing, String status) {
        send("STATUS=" + status + (standing == said && standing != Standing.STOPPING ? "" : change(standing)));
        said = standing;
    }

    private static String change(Standing to) {
        return switch (to) {
            case STARTING -> "";
            case READY -> "\nREADY=1";
            case STOPPING -> "\nSTOPPING=1";
        };
    }

    /**
     * A reload that was asked for by signal begins, which is how systemd itself asks for one. Others are not told: the unit would be
     * reloading, and {@code systemctl reload} would wait for their end without having asked.
     */
    synchronized void reloads() {
        bySignal++;
        if (takesReloads && said == Standing.READY) {
            send(reloading());
        }
    }

    /** It is over, whatever came of it. */
    synchronized void reloaded() {
        bySignal--;
        if (takesReloads && bySignal == 0 && said == Standing.READY) {
            send("READY=1");
        }
    }

    /** With the time, as systemd 253 and later want it (Type=notify-reload): an answer to an earlier order is none to this one. */
    private static String reloading() {
        return "RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
    }

    /** Another program takes this one's place, under the same pid: until that says that it is ready. */
    void givesWay() {
        send(reloading() + "\nSTATUS=being upgraded\nWATCHDOG=1");
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
