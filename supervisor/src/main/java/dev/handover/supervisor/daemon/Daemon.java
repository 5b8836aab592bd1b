package dev.handover.supervisor.daemon;

import dev.handover.supervisor.chronicle.Chronicle;
import dev.handover.supervisor.chronicle.ChronicleFile;
import dev.handover.supervisor.config.ConfigurationFile;
import dev.handover.supervisor.control.HappeningJson;
import dev.handover.supervisor.control.Requests;
import dev.handover.supervisor.core.Supervisor;
import dev.handover.supervisor.http.Listening;
import dev.handover.supervisor.linux.Errands;
import dev.handover.supervisor.linux.ExitWatch;
import dev.handover.supervisor.linux.KeptFolder;
import dev.handover.supervisor.linux.PrivateFolder;
import dev.handover.supervisor.linux.SystemdNotifier;
import dev.handover.supervisor.notify.Notifications;
import dev.handover.supervisor.process.FormerChildren;
import dev.handover.supervisor.process.OutputKeeper;
import dev.handover.supervisor.process.RecentOutput;
import dev.handover.supervisor.process.RunningWorkers;
import dev.handover.supervisor.process.ServiceErrands;
import dev.handover.supervisor.process.ServiceLogs;
import dev.handover.supervisor.process.WorkerCgroups;
import dev.handover.supervisor.process.WorkerOutput;
import dev.handover.supervisor.process.WorkerProcesses;
import dev.handover.supervisor.process.WorkerWatch;
import dev.handover.supervisor.protocol.NotifyReceiver;
import dev.handover.supervisor.protocol.WorkerServer;
import dev.handover.supervisor.state.StartFailure;
import dev.handover.supervisor.state.StateFile;
import dev.handover.supervisor.state.StillRunning;
import dev.handover.supervisor.steering.Steering;
import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.Counts;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Effect.Severity;
import dev.handover.supervisor.terms.Happening;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Subject;
import dev.handover.supervisor.terms.UpgradeReport;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.upgrade.Succession;
import dev.handover.supervisor.upgrade.Upgrades;
import dev.handover.supervisor.witness.Witness;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The supervisor from its start to its end. */
public final class Daemon {
    /** It did what it was asked to, and stopped. */
    public static final int STOPPED = 0;
    /** It could not start, or could not go on. */
    public static final int FAILED = 1;
    /** The configuration is invalid. */
    public static final int INVALID_CONFIGURATION = 2;
    /** It has left its workers running, for the next one. */
    public static final int LEFT = 8;

    private static final Reply LEAVING = new Reply.Refused(
            Reply.Reason.STOPPING,
            "the supervisor has left; what it was at, the one that is started next goes on with or gives up: "
                    + CommandNames.CTL + " status tells");

    private final Map<String, String> environment;
    private final Log log;
    private final Inbox inbox = new Inbox();
    private final Pending pending = new Pending(inbox::add);
    private final Door door;
    private final ServiceLogs logs;
    private final SignalOrders signals;
    private final Optional<Succession> succession;
    private final long pid = ProcessHandle.current().pid();
    private final Systemd systemd;

    private Daemon(Path file, Map<String, String> environment, String version, Log log) {
        this.environment = environment;
        this.log = log;
        this.succession = succession();
        this.systemd = new Systemd(SystemdNotifier.of(environment, pid), environment, log);
        this.door = new Door(file, environment, version, pending, inbox::add, log);
        this.logs = new ServiceLogs(log::warn, log::info);
        this.signals = new SignalOrders(door, inbox::add, logs::reopen, systemd, log);
    }

    /**
     * Runs until every service has been stopped on request, or until it is asked to leave; then the process is to end at
     * once.
     *
     * @return the exit code: {@link #STOPPED}, {@link #FAILED}, {@link #INVALID_CONFIGURATION} or {@link #LEFT}
     */
    public static int run(Path file, Level level, String version) {
        Map<String, String> environment = System.getenv();
        try (Log log = Log.toStandardError(level, environment)) {
            return new Daemon(file, environment, version, log).run();
        }
    }

    /** Of one that takes the place of another under the same pid. */
    private Optional<Succession> succession() {
        try {
            return Succession.of(environment);
        } catch (IOException unreadable) {
            log.warn("what the supervisor before noted of the upgrade " + Why.of(unreadable)
                    + "; this one goes on as after a crash");
            return Optional.empty();
        }
    }

    private int run() {
        succession.ifPresent(one -> one.limit(this::goesBack, systemd.heartbeat(), systemd::alive));
        try {
            signals.take();
            ConfigurationFile.Result result = door.readConfiguration();
            if (result instanceof ConfigurationFile.Invalid invalid) {
                log.refused(invalid, "nothing was started");
                goBack("the configuration is invalid: " + invalid.summary());
                return invalid.unread() ? FAILED : INVALID_CONFIGURATION;
            }
            Effect.Last last = supervise(((ConfigurationFile.Valid) result).configuration());
            boolean stopped = last instanceof Effect.End;
            log.info(stopped ? "stopped" : "left");
            return stopped ? STOPPED : LEFT;
        } catch (StartFailure failed) {
            return failed(String.valueOf(failed.getMessage()));
        } catch (IOException failed) {
            return failed("can't go on: " + Why.of(failed));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return FAILED;
        } catch (RuntimeException | LinkageError fault) {
            goBack(fault.toString());
            throw fault;
        }
    }

    private int failed(String why) {
        log.error(why);
        goBack(why);
        return FAILED;
    }

    /** Where there is a supervisor to go back to, this one ends here. */
    private void goBack(String why) {
        succession.ifPresent(one -> one.goBack(why, this::goesBack));
    }

    private void goesBack(String what) {
        log.error(what);
        systemd.alive(); // or it would end the one from before in its start
        log.flush();
    }

    private Effect.Last supervise(Configuration configuration) throws IOException, StartFailure, InterruptedException {
        Path control = configuration.control();
        Path controlFolder =
                PrivateFolder.ensure(Objects.requireNonNull(control.getParent(), "a socket's path names a folder"));
        Path outputFolder = control.resolveSibling(control.getFileName() + ".out");
        Path workerSocket = control.resolveSibling(control.getFileName() + ".workers");
        Path notifyFolder = control.resolveSibling(control.getFileName() + ".notify");
        try (Owned owned = new Owned()) {
            StateFile state = owned.add(StateFile.open(StateFile.of(configuration)));
            keep(controlFolder, owned);
            keep(configuration.state(), owned);
            state.putAsideIfDamaged()
                    .ifPresent(
                            aside -> log.warn(
                                    "the state of before the machine was started is damaged, and put aside as " + aside
                                            + "; generations are numbered from 1 again, and what was stopped on request is started"));
            Memory memory = StillRunning.of(state.load());
            Chronicle chronicle = owned.add(new Chronicle(
                    new ChronicleFile(ChronicleFile.beside(StateFile.of(configuration)), log::warn),
                    HappeningJson::of,
                    log::warn));
            RecentOutput recent = new RecentOutput();
            door.reads(chronicle, recent, service -> new Requests.Whereabouts(logs.fileOf(service), log.isJournal()));
            WorkerCgroups cgroups = owned.add(WorkerCgroups.settle(control, log::warn));
            RunningWorkers running = new RunningWorkers(memory);
            owned.add(logs);
            WorkerOutput output = owned.add(
                    new WorkerOutput(outputFolder, (worker, line) -> log.said(worker, line), recent, logs, log::warn));
            ExitWatch exits = owned.add(new ExitWatch());
            succession.ifPresent(one -> FormerChildren.reap(memory, exits, log::warn));
            OutputKeeper keeper = owned.add(new OutputKeeper(outputFolder, exits, log::warn));
            NotifyReceiver notices = owned.add(new NotifyReceiver(notifyFolder, running, inbox.way(), log::warn));
            WorkerServer workers =
                    owned.add(new WorkerServer(workerSocket, running, inbox::add, inbox::way, log::warn));
            WorkerWatch watch = owned.add(new WorkerWatch(inbox::add));
            WorkerProcesses processes = owned.add(new WorkerProcesses(
                    running,
                    output,
                    keeper,
                    notices,
                    workers,
                    cgroups,
                    exits,
                    workers::hearOut,
                    watch::forget,
                    inbox::add,
                    log::warn));
            Errands errands = owned.add(new Errands());
            Witness witness = owned.add(new Witness(running::isWorker, inbox::add, log::warn));
            Steering steering = owned.add(new Steering(
                    inbox::add, log::warn, running::isWorker, workers::adopt, new ServiceErrands(errands)::run, exits));
            Upgrades upgrades = new Upgrades(configuration, door.version());
            door.upgradeBy(upgrades);
            ControlSocket socket = owned.add(new ControlSocket(control, configuration.monitorGroup(), door, log::warn));
            Listening http = owned.add(new Listening(door, configuration.monitorGroup(), log::warn, log::info));
            Notifications notifications =
                    owned.add(new Notifications(chronicle, errands, text -> notTold(text, chronicle), log::info));
            cgroups.clear(memory); // only now it is known that no other supervisor has these
            output.clear(memory);
            notices.clear(memory);
            say(
                    What.SUPERVISOR_STARTED,
                    "supervisor " + door.version() + " (pid " + pid + ") listens on " + control,
                    chronicle);
            ClassArchive.complaint().ifPresent(log::warn);
            Performer performer = new Performer(
                    processes::perform,
                    workers::perform,
                    watch::perform,
                    witness::perform,
                    steering::perform,
                    new Answering(
                                    pending,
                                    steering::status,
                                    logs::standing,
                                    cgroups::usage,
                                    new SentSignals(processes::pass))::perform,
                    new Upkeep(state, chronicle, systemd, http::follow, notifications::follow, inbox::add, log)
                            ::perform);
            Effect.Last last = new Loop(new Supervisor(configuration), inbox, performer, systemd)
                    .run(memory, () -> succession.ifPresent(one -> tookOver(one, memory, chronicle)));
            if (last instanceof Effect.End) {
                cgroups.last();
            } else if (last instanceof Effect.Leave) {
                steering.leave();
                pending.endAll(LEAVING);
                socket.leave();
                notifications.leave();
                errands.close();
                http.leave();
                chronicle.close();
                owned.leave();
            } else if (last instanceof Effect.GiveWay) {
                Upgrades.Prepared next = upgrades.claim();
                // Little is closed: to workers and clients it is as if this one were killed, and the next one started.
                steering.leave();
                signals.leave();
                socket.leave();
                processes.leave();
                notifications.leave();
                errands.close();
                output.leave();
                logs.close();
                http.leave();
                chronicle.close();
                systemd.givesWay();
                log.flush();
                upgrades.giveWay(next, keeper.lifeline());
            }
            upgrades.clear(log::warn);
            return last;
        }
    }

    private void tookOver(Succession from, Memory memory, Chronicle chronicle) {
        UpgradeReport report = from.done(memory, log::warn);
        door.upgraded(report);
        String running = Counts.text(report.workers(), "worker") + " of " + Counts.text(report.services(), "service")
                + " adopted, " + report.without().toMillis() + " ms without a supervisor";
        report.failure()
                .ifPresentOrElse(
                        why -> complain(
                                "version " + report.upgrade().to() + " did not take over: " + why + "; version "
                                        + door.version() + " goes on: " + running,
                                chronicle),
                        () -> say(
                                What.SUPERVISOR_UPGRADED,
                                "version " + door.version() + " took over from "
                                        + report.upgrade().from() + ": " + running,
                                chronicle));
    }

    /** For the log, and the chronicle. */
    private void say(What what, String text, Chronicle chronicle) {
        log.info(text);
        note(what, Severity.INFO, text, chronicle);
    }

    private void complain(String text, Chronicle chronicle) {
        log.error(text);
        note(What.SUPERVISOR_WENT_BACK, Severity.ERROR, text, chronicle);
    }

    private void notTold(String text, Chronicle chronicle) {
        log.warn(text);
        note(What.NOTIFY_FAILED, Severity.WARN, text, chronicle);
    }

    private static void note(What what, Severity severity, String text, Chronicle chronicle) {
        Happening happening = new Happening(Loop.wall(), what, severity, Subject.SUPERVISOR, text);
        chronicle.add(happening);
        Recording.note(happening);
    }

    /** What is in it is the supervisor's alone, and not to be cleaned away however long it lies there. */
    private void keep(Path folder, Owned owned) {
        try {
            Optional<KeptFolder> kept = KeptFolder.keep(folder);
            kept.ifPresent(owned::add);
            if (kept.isEmpty()) {
                log.warn(folder + " is locked by another process; systemd-tmpfiles may clean it, if it cleans there");
            }
        } catch (IOException notOurs) {
            log.log(Level.DEBUG, folder + " is not kept from systemd-tmpfiles: " + Why.of(notOurs));
        }
    }
}
