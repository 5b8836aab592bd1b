package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.Errands;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Runs a command about a service to its end. */
@FunctionalInterface
public interface ServiceCommand {
    /**
     * Returns when it has ended, or is killed.
     *
     * @param worker whom it is about
     * @param service what that was started from
     * @param command the program and its arguments
     * @param variables added to what the worker has in its environment
     * @param limit from its start to its end
     * @throws IOException if it can't be started, with a message for users
     */
    Errands.Ended run(
            WorkerId worker, ServiceSpec service, List<String> command, Map<String, String> variables, Duration limit)
            throws IOException;
}
