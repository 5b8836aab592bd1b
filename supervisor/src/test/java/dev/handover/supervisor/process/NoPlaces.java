package dev.handover.supervisor.process;

import dev.handover.supervisor.terms.WorkerId;
import java.nio.file.Path;

/** For workers that send no notifications: nobody takes them. */
record NoPlaces(Path folder) implements NotifyPlaces {
    @Override
    public Path open(WorkerId worker) {
        return folder.resolve("notify");
    }

    @Override
    public void reopen(WorkerId worker) {}

    @Override
    public void finish(WorkerId worker) {}
}
