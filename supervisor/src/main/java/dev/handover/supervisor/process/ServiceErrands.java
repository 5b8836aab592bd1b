package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.Account;
import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.linux.Errands;
import dev.handover.supervisor.terms.OneShot;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs small commands beside a service: as its user, in its folder and with its environment. Any thread may call. */
public final class ServiceErrands {
    private final Errands errands;
    private final Map<CString, CString> inherited = Inherited.read();

    /** @param errands is its maker's to close */
    public ServiceErrands(Errands errands) {
        this.errands = errands;
    }

    /**
     * Runs one to its end.
     *
     * @param worker whom it is about
     * @param service what that was started from
     * @param variables added to the environment that the worker has
     * @throws IOException if it can't be started, with a message for users
     */
    public Errands.Ended run(
            WorkerId worker, ServiceSpec service, List<String> command, Map<String, String> variables, Duration limit)
            throws IOException {
        Optional<Account> account = WorkerStarts.account(service);
        WorkerCommand words = new WorkerCommand(worker, service.running(new OneShot(command, limit)));
        return errands.run(words.aside(inherited, account, variables), new byte[0], limit);
    }
}
