package dev.handover.supervisor.daemon;

import dev.handover.supervisor.config.ConfigurationFile;
import dev.handover.supervisor.control.Answers;
import dev.handover.supervisor.control.Requests;
import dev.handover.supervisor.core.Supervisor;
import dev.handover.supervisor.doctor.Diagnosis;
import dev.handover.supervisor.doctor.Doctor;
import dev.handover.supervisor.linux.ExitWatch;
import dev.handover.supervisor.linux.PrivateFolder;
import dev.handover.supervisor.linux.Signals;
import dev.handover.supervisor.linux.SystemdNotifier;
import dev.handover.supervisor.process.RunningWorkers;
import dev.handover.supervisor.process.WorkerOutput;
import dev.handover.supervisor.process.WorkerProcesses;
import dev.handover.supervisor.process.WorkerWatch;
import dev.handover.supervisor.protocol.NotifyReceiver;
import dev.handover.supervisor.protocol.WorkerServer;
import dev.handover.supervisor.state.StartFailure;
import dev.handover.supervisor.state.StateFile;
import dev.handover.supervisor.state.StillRunning;
import dev.handover.supervisor.steering.Steering;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.witness.Witness;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/** The supervisor from its start to its end. */
public final class Daemon implements Requests {
    /** It did what it was asked to, and stopped. */
    public static final int STOPPED = 0;
    /** It could not start, or could not go on. */
    public static final int FAILED = 1;
    /** The configuration is invalid. */
    public static final int INVALID_CONFIGURATION = 2;

    private final Path file;
    private final Map<String, String> environment;
    private final String version;
    private final Log log;
    private final BlockingQueue<Event> inbox = new LinkedBlockingQueue<>();
    private final Pending pending = new Pending(inbox::add);
    private final AtomicBoolean stopAsked = new AtomicBoolean();

    private Daemon(Path file, Map<String, String> environment, String version, Log log) {
        this.file = file;
        this.environment = environment;
        this.version = version;
        this.log = log;
    }

    /**
     * Runs until every service has been stopped on request.
     *
     * @return the exit code: {@link #STOPPED}, {@link #FAILED} or {@link #INVALID_CONFIGURATION}
     */
    public static int run(Path file, Level level, String version) {
        Map<String, String> environment = System.getenv();
        try (Log log = Log.toStandardError(level, environment)) {
            Daemon daemon = new Daemon(file, environment, version, log);
            return daemon.run();
        }
    }

    private int run() {
        try {
            ConfigurationFile.Result result = readConfiguration();
            if (result instanceof ConfigurationFile.Invalid invalid) {
                refuse(invalid, "nothing was started");
                return INVALID_CONFIGURATION;
            }
            supervise(((ConfigurationFile.Valid) result).configuration());
            log.info("stopped");
            return STOPPED;
        } catch (StartFailure failed) {
            log.error(String.valueOf(failed.getMessage()));
            return FAILED;
        } catch (IOException failed) {
            log.error("can't go on: " + Why.of(failed));
            return FAILED;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private void supervise(Configuration configuration) throws IOException, StartFailure, InterruptedException {
        Path control = configuration.control();
        PrivateFolder.ensure(Objects.requireNonNull(control.getParent(), "a socket's path names a folder"));
        Path outputFolder = control.resolveSibling(control.getFileName() + ".out");
        PrivateFolder.ensure(outputFolder);
        Path workerSocket = control.resolveSibling(control.getFileName() + ".workers");
        Path notifySocket = control.resolveSibling(control.getFileName() + ".notify");
        try (Owned owned = new Owned()) {
            StateFile state =
                    owned.add(StateFile.open(configuration.state().resolve(control.getFileName() + ".state")));
            Memory memory = StillRunning.of(state.load());
            RunningWorkers running = new RunningWorkers(memory);
            WorkerOutput output = owned.add(
                    new WorkerOutput(outputFolder, (worker, line) -> log.info(worker + ": " + line), log::warn));
            ExitWatch exits = owned.add(new ExitWatch());
            owned.add(new NotifyReceiver(notifySocket, running, inbox::add, log::warn));
            WorkerServer workers = owned.add(new WorkerServer(workerSocket, running, inbox::add, log::warn));
            WorkerWatch watch = owned.add(new WorkerWatch(inbox::add));
            WorkerProcesses processes = owned.add(new WorkerProcesses(
                    running,
                    output,
                    workerSocket,
                    notifySocket,
                    exits,
                    workers::hearOut,
                    watch::forget,
                    inbox::add,
                    log::warn));
            Witness witness = owned.add(new Witness(inbox::add, log::warn));
            Steering steering = owned.add(new Steering(
                    inbox::add, log::warn, pid -> running.speaker(pid).isPresent(), workers::adopt, exits));
            owned.add(new ControlSocket(control, this, log::warn));
            long pid = ProcessHandle.current().pid();
            log.info("supervisor " + version + " (pid " + pid + ") listens on " + control);
            takeSignals();
            Systemd systemd = new Systemd(SystemdNotifier.of(environment, pid), log);
            Performer performer = new Performer(
                    processes::perform,
                    workers::perform,
                    watch::perform,
                    witness::perform,
                    steering::perform,
                    new Answering(pending, steering::status)::perform,
                    new Upkeep(state, systemd, inbox::add, log)::perform);
            new Loop(new Supervisor(configuration), inbox, performer, systemd).run(memory);
        }
    }

    private void takeSignals() {
        Signals.on(Signal.HUP.name(), this::reloadBySignal);
        Signals.on(Signal.TERM.name(), this::stopBySignal);
        Signals.on(Signal.INT.name(), this::stopBySignal);
    }

    private void reloadBySignal() {
        ConfigurationFile.Result result = readConfiguration();
        if (result instanceof ConfigurationFile.Valid valid) {
            submit(
                    new Request.Reload(valid.configuration(), Optional.empty()),
                    new LoggedAnswers(log, "reload asked for by " + Signal.HUP));
        } else if (result instanceof ConfigurationFile.Invalid invalid) {
            refuse(invalid, "the reload asked for by " + Signal.HUP + " changed nothing");
        }
    }

    private void refuse(ConfigurationFile.Invalid invalid, String consequence) {
        invalid.problems().forEach(problem -> log.error(problem.toString()));
        log.error("the configuration is invalid; " + consequence);
    }

    /** The first time it drains; after that it does not wait any longer. */
    private void stopBySignal() {
        if (stopAsked.getAndSet(true)) {
            inbox.add(new Event.StopNow());
        } else {
            submit(new Request.Shutdown(), new LoggedAnswers(log, "stop asked for by signal"));
        }
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public ConfigurationFile.Result readConfiguration() {
        ConfigurationFile.Result result = ConfigurationFile.read(file, environment);
        if (result instanceof ConfigurationFile.Valid valid) {
            valid.problems().forEach(problem -> log.warn(problem + "; other services are not concerned"));
        }
        return result;
    }

    @Override
    public Diagnosis examine(Configuration configuration) {
        return Doctor.examine(configuration);
    }

    @Override
    public void submit(Request request, Answers answers) {
        pending.submit(request, answers);
    }
}
