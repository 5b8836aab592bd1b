package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.Account;
import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.linux.InterceptedProgram;
import dev.handover.supervisor.linux.Launcher;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.Program;
import dev.handover.supervisor.linux.ResourceLimit;
import dev.handover.supervisor.linux.Threads;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Resource;
import dev.handover.supervisor.terms.ReuseportBy;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Starts workers' processes, on a thread of its own: the loop is not held up by an exec, and a worker inherits nothing that
 * another thread has set for itself.
 */
final class WorkerStarts implements AutoCloseable {
    private static final Duration LAST_START = Duration.ofSeconds(2);

    private final WorkerSockets sockets;
    private final NotifyPlaces notices;
    private final WorkerOutput output;
    private final OutputKeeper keeper;
    private final Map<CString, CString> inherited;
    private final DescriptorRoom room;
    private final Interceptions interceptions;
    private final Consumer<String> troubles;
    private final Map<ServiceName, GenerationId> told = new HashMap<>();
    private final Map<ServiceSpec, Optional<Account>> adopted = new ConcurrentHashMap<>();
    private final ExecutorService thread = Threads.one("worker-start");

    /** @param running how many workers run already, and are about to be adopted */
    WorkerStarts(
            int running,
            WorkerSockets sockets,
            NotifyPlaces notices,
            WorkerOutput output,
            OutputKeeper keeper,
            Interceptions interceptions,
            Consumer<String> troubles)
            throws IOException {
        this.sockets = sockets;
        this.notices = notices;
        this.output = output;
        this.keeper = keeper;
        this.interceptions = interceptions;
        this.troubles = troubles;
        this.inherited = Inherited.read();
        this.room = new DescriptorRoom(ResourceLimit.ofThisProcess(Resource.NOFILE), troubles);
        room.makeFor(running);
        Launcher.takeChildren();
    }

    /** Runs this on the thread that workers are to be started on, after what it was given before. */
    void later(Runnable start) {
        thread.execute(start);
    }

    /** One that has all it takes. */
    @FunctionalInterface
    interface Prepared {
        /** Returns its pid. */
        long start() throws IOException;
    }

    /**
     * Sees to all that one needs before its start, and whatever may not answer: the databases of users, and file systems.
     *
     * @throws IOException if it can't be started, with a message for users
     */
    Prepared prepare(WorkerId worker, ServiceSpec spec) throws IOException {
        room.make();
        keeper.ensure();
        Path pipe = output.open(worker, spec.settings().log());
        Optional<Account> account = account(spec);
        Path notifySocket = notices.open(worker, account);
        WorkerCommand command = new WorkerCommand(worker, spec);
        Map<Resource, ResourceLimit> limits = new EnumMap<>(Resource.class);
        limits.putAll(room.kept());
        limits.putAll(Prlimit.granted(spec.settings().limits(), account));
        Program program = command.program(inherited, account, sockets.of(account), notifySocket, pipe);
        if (spec.reuseport() == ReuseportBy.INTERCEPT) {
            InterceptedProgram.trouble(program.file(), account).ifPresent(what -> tell(worker, what));
        }
        Program limited = Prlimit.through(limits, program);
        awaitItsFiles(program);
        return switch (spec.reuseport()) {
            case PROGRAM -> () -> Launcher.start(limited);
            case INTERCEPT -> () -> interceptions.start(worker, spec.listen(), limited);
        };
    }

    /** A file system that does not answer is waited for here, and not while others wait for the start. */
    private static void awaitItsFiles(Program program) {
        boolean unused = Files.isDirectory(program.directory()) && Files.isExecutable(program.file());
    }

    /** Once a generation, however often its workers are started again. */
    private void tell(WorkerId worker, InterceptedProgram.Trouble what) {
        GenerationId last = told.get(worker.service());
        if (last == null || worker.generation().compareTo(last) > 0) {
            told.put(worker.service(), worker.generation());
            troubles.accept(worker + ": " + what);
        }
    }

    /** Whom its workers run as; empty where that is the supervisor's own user. */
    static Optional<Account> account(ServiceSpec spec) throws IOException {
        Optional<String> user = spec.settings().user();
        if (user.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> group = spec.settings().group();
        Account account = Account.of(user.get(), group);
        return group.isEmpty() && account.uid() == Processes.ownUid() ? Optional.empty() : Optional.of(account);
    }

    /** {@link #account} of a service whose workers run already, looked up once for all of them. Any thread may call. */
    Optional<Account> accountOfAdopted(ServiceSpec spec) throws IOException {
        if (!adopted.containsKey(spec)) {
            adopted.put(spec, account(spec));
        }
        return adopted.getOrDefault(spec, Optional.empty());
    }

    /** Starts no more, and is done with what it has begun; returns after it. */
    void leave() throws IOException {
        thread.shutdown();
        try {
            thread.awaitTermination(LAST_START.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        room.giveBack();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
