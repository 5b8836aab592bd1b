package dev.handover.supervisor.daemon;

import dev.handover.supervisor.config.ConfigurationFile;
import dev.handover.supervisor.control.Requests;
import dev.handover.supervisor.linux.Signals;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.Signal;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** What a signal to the supervisor asks for. */
final class SignalOrders {
    private final Requests door;
    private final Consumer<Event> inbox;
    private final Log log;
    private final AtomicBoolean stopAsked = new AtomicBoolean();

    SignalOrders(Requests door, Consumer<Event> inbox, Log log) {
        this.door = door;
        this.inbox = inbox;
        this.log = log;
    }

    /** From now on signals are taken as orders, instead of ending the process. */
    void take() {
        Signals.on(Signal.HUP.name(), this::reload);
        Signals.on(Signal.TERM.name(), this::stop);
        Signals.on(Signal.INT.name(), this::stop);
    }

    private void reload() {
        ConfigurationFile.Result result = door.readConfiguration();
        if (result instanceof ConfigurationFile.Valid valid) {
            door.submit(
                    new Request.Reload(valid.configuration(), Optional.empty()),
                    new LoggedAnswers(log, "reload asked for by " + Signal.HUP));
        } else if (result instanceof ConfigurationFile.Invalid invalid) {
            log.refused(invalid, "the reload asked for by " + Signal.HUP + " changed nothing");
            door.refused(Optional.empty(), invalid);
        }
    }

    /** The first time it drains; after that it does not wait any longer. */
    private void stop() {
        if (stopAsked.getAndSet(true)) {
            inbox.accept(new Event.StopNow());
        } else {
            door.submit(new Request.Shutdown(), new LoggedAnswers(log, "stop asked for by signal"));
        }
    }
}
