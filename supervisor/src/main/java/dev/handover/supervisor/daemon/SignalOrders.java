package dev.handover.supervisor.daemon;

import dev.handover.supervisor.config.ConfigurationFile;
import dev.handover.supervisor.control.Requests;
import dev.handover.supervisor.linux.Signals;
import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.Counts;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.Signal;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/** What a signal to the supervisor asks for. */
final class SignalOrders {
    private static final Set<Signal> TAKEN =
            Set.of(Signal.HUP, Signal.INT, Signal.QUIT, Signal.TERM, Signal.USR1, Signal.USR2);

    private final Requests door;
    private final Consumer<Event> inbox;
    private final IntSupplier reopenLogs;
    private final Systemd systemd;
    private final Log log;
    private Optional<Signals> taken = Optional.empty();
    private boolean stopAsked;

    /** @param reopenLogs has services' log files opened anew; says how many there are */
    SignalOrders(Requests door, Consumer<Event> inbox, IntSupplier reopenLogs, Systemd systemd, Log log) {
        this.door = door;
        this.inbox = inbox;
        this.reopenLogs = reopenLogs;
        this.systemd = systemd;
        this.log = log;
    }

    /** From now on signals are taken as orders; those that came before are, too. */
    void take() throws IOException {
        Signals signals = Signals.take(TAKEN, this::take);
        taken = Optional.of(signals);
        if (!signals.wereBlocked()) {
            log.warn("signals were not blocked before the start: " + CommandNames.DAEMON
                    + " does that with env --block-signal (coreutils"
                    + " 8.31); SIGHUP may not reload if it was ignored, and SIGUSR2 and SIGQUIT are the JVM's");
        }
    }

    /** From now on none is taken; they wait for the program that this process becomes. */
    void leave() {
        taken.ifPresent(Signals::leave);
    }

    void take(Signal signal) {
        if (signal == Signal.HUP) {
            reload();
        } else if (signal == Signal.INT || signal == Signal.TERM) {
            stop();
        } else if (signal == Signal.USR1) {
            reopen();
        } else if (signal == Signal.USR2) {
            inbox.accept(new Event.LeaveAsked());
        } else {
            log.warn(signal + " means nothing to the supervisor; ignored (jcmd shows a JVM's threads)");
        }
    }

    private void reopen() {
        int files = reopenLogs.getAsInt();
        if (files > 0) {
            log.info(Signal.USR1 + ": " + Counts.text(files, "log file") + (files == 1 ? " is" : " are")
                    + " opened anew");
        } else {
            log.warn(Signal.USR1
                    + " means nothing here; ignored (the log is standard error, and no service that runs has"
                    + " a log file to open anew)");
        }
    }

    private void reload() {
        systemd.reloads();
        ConfigurationFile.Result result = door.readConfiguration();
        if (result instanceof ConfigurationFile.Valid valid) {
            door.submit(
                    new Request.Reload(valid.configuration(), Optional.empty(), Signal.HUP.toString()),
                    new LoggedAnswers(log, "reload asked for by " + Signal.HUP, systemd::reloaded));
        } else if (result instanceof ConfigurationFile.Invalid invalid) {
            log.refused(invalid, "the reload asked for by " + Signal.HUP + " changed nothing");
            door.refused(Optional.empty(), invalid);
            systemd.reloaded();
        }
    }

    /** The first time it drains; after that it does not wait any longer. */
    private void stop() {
        if (stopAsked) {
            inbox.accept(new Event.StopNow());
        } else {
            stopAsked = true;
            door.submit(new Request.Shutdown(), new LoggedAnswers(log, "stop asked for by signal", () -> {}));
        }
    }
}
