package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.Account;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Where workers send sd_notify messages: each has a place of its own, and what comes there is that worker's word. */
public interface NotifyPlaces {
    /**
     * Makes one for a worker that is about to start; what was sent to the place before is forgotten.
     *
     * @param account who sends there; empty for the supervisor's own user
     * @return its {@code NOTIFY_SOCKET}
     */
    Path open(WorkerId worker, Optional<Account> account) throws IOException;

    /** Goes on with that of a worker that an earlier supervisor started. */
    void reopen(WorkerId worker, Optional<Account> account) throws IOException;

    /** Takes what is left there, and gives it up. */
    void finish(WorkerId worker);
}
