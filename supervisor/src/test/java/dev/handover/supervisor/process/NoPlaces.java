package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.Account;
import dev.handover.supervisor.terms.WorkerId;
import java.nio.file.Path;
import java.util.Optional;

/** For workers that send no notifications: nobody takes them. */
record NoPlaces(Path folder) implements NotifyPlaces {
    @Override
    public Path open(WorkerId worker, Optional<Account> account) {
        return folder.resolve("notify");
    }

    @Override
    public void reopen(WorkerId worker, Optional<Account> account) {}

    @Override
    public void finish(WorkerId worker) {}
}
