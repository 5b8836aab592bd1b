package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.Account;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Where workers reach the supervisor. */
@FunctionalInterface
public interface WorkerSockets {
    /**
     * The socket for a user's workers, there from now on; nobody else (but root) can connect to it.
     *
     * @param account empty for the supervisor's own user
     * @return their {@code HANDOVER_SOCKET}
     */
    Path of(Optional<Account> account) throws IOException;
}
