package dev.handover.supervisor.daemon;

import dev.handover.supervisor.chronicle.Chronicle;
import dev.handover.supervisor.state.StateFile;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.HttpSpec;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.NotifySpec;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What the supervisor does for itself: writes its log, its chronicle and its state, and tells the service manager. */
final class Upkeep {
    private final StateFile state;
    private final Systemd systemd;
    private final Consumer<Event> inbox;
    private final Log log;
    private final Chronicle chronicle;
    private final Consumer<Optional<HttpSpec>> http;
    private final Consumer<List<NotifySpec>> notify;
    private boolean saveFailed;

    /**
     * @param http has HTTP answered where it says, and does not wait
     * @param notify has these told of what happens, and does not wait
     */
    Upkeep(
            StateFile state,
            Chronicle chronicle,
            Systemd systemd,
            Consumer<Optional<HttpSpec>> http,
            Consumer<List<NotifySpec>> notify,
            Consumer<Event> inbox,
            Log log) {
        this.chronicle = chronicle;
        this.state = state;
        this.systemd = systemd;
        this.http = http;
        this.notify = notify;
        this.inbox = inbox;
        this.log = log;
    }

    void perform(Effect.OfSupervisor effect) {
        if (effect instanceof Effect.Log line) {
            log.log(Level.of(line.severity()), line.subject(), line.text());
        } else if (effect instanceof Effect.Note note) {
            chronicle.add(note.happening());
            Recording.note(note.happening());
        } else if (effect instanceof Effect.Save save) {
            save(save.memory());
        } else if (effect instanceof Effect.Announce announce) {
            systemd.announce(announce.standing(), announce.status());
        } else if (effect instanceof Effect.AnswerHttp answer) {
            http.accept(answer.http());
        } else if (effect instanceof Effect.Notify tell) {
            notify.accept(tell.notifications());
        } else if (!(effect instanceof Effect.Last)) { // the loop's, which ends behind it
            throw new IllegalArgumentException("the supervisor does not know how to " + effect);
        }
    }

    private void save(Memory memory) {
        try {
            state.save(memory);
            if (saveFailed) {
                log.info("the state is saved again");
            }
            saveFailed = false;
        } catch (IOException failed) {
            if (!saveFailed) {
                log.error("the state can't be saved: " + Why.of(failed)
                        + "; services go on, but a supervisor that is started"
                        + " after a crash of this one would not find their workers");
            }
            saveFailed = true;
            inbox.accept(new Event.NotSaved());
        }
    }
}
