package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.linux.DescriptorLimit;
import dev.handover.supervisor.linux.Launcher;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;

/**
 * Starts workers' processes, on a thread of its own: the loop is not held up by an exec, and a worker inherits nothing that
 * another thread has set for itself.
 */
final class WorkerStarts implements AutoCloseable {
    private final Path workerSocket;
    private final NotifyPlaces notices;
    private final WorkerOutput output;
    private final OutputKeeper keeper;
    private final Map<CString, CString> inherited;
    private final DescriptorRoom room;
    private final ExecutorService thread = new OwnThread("worker-start");

    WorkerStarts(
            Path workerSocket,
            NotifyPlaces notices,
            WorkerOutput output,
            OutputKeeper keeper,
            Consumer<String> warnings)
            throws IOException {
        this.workerSocket = workerSocket;
        this.notices = notices;
        this.output = output;
        this.keeper = keeper;
        this.inherited = Inherited.read();
        this.room = new DescriptorRoom(DescriptorLimit.ofThisProcess(), warnings);
        Launcher.takeChildren();
    }

    /** Runs this on the thread that workers are to be started on, after what it was given before. */
    void later(Runnable start) {
        thread.execute(start);
    }

    /**
     * Starts one.
     *
     * @return its pid
     * @throws IOException if it can't be started, with a message for users
     */
    long start(WorkerId worker, ServiceSpec spec) throws IOException {
        room.make();
        keeper.ensure();
        Path pipe = output.open(worker);
        Path notifySocket = notices.open(worker);
        WorkerCommand command = new WorkerCommand(worker, spec);
        return Launcher.start(room.limited(command.program(inherited, workerSocket, notifySocket, pipe)));
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
