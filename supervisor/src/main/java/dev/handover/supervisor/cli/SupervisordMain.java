package dev.handover.supervisor.cli;

import dev.handover.supervisor.config.ConfigurationFile;
import dev.handover.supervisor.control.DiagnosisJson;
import dev.handover.supervisor.daemon.Daemon;
import dev.handover.supervisor.daemon.Level;
import dev.handover.supervisor.doctor.Doctor;
import dev.handover.supervisor.linux.NativeCode;
import dev.handover.supervisor.linux.Signals;
import dev.handover.supervisor.state.StartFailure;
import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.upgrade.Trial;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code supervisord}, from its arguments to its exit code. */
@Command(
        name = "supervisord",
        description = "Supervises services, and hands over between their generations. Runs in the foreground.",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped as asked for; --check: the configuration is valid",
            "1:could not start, or could not go on",
            "2:wrong usage, or invalid configuration",
            "5:the launcher found no JDK of version 17 or later",
            "8:left its workers running, as asked for by SIGUSR2; started again, it goes on with them"
        },
        footer = {
            "",
            "SIGHUP reloads; SIGTERM and SIGINT drain and stop, a second one stops now;",
            "SIGUSR2 ends the supervisor alone.",
            "HANDOVER_JAVA_OPTS holds further options for java."
        })
public final class SupervisordMain implements Callable<Integer> {
    /** What a shell adds to the number of the signal that ended a program. */
    private static final int SIGNALLED = 128;

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "the configuration file, TOML")
    private Path config = Path.of("");

    @Option(
            names = "--check",
            description = "check the configuration file, say which handover each service gets here, and start nothing")
    private boolean check;

    @Option(
            names = Trial.OPTION,
            hidden = true,
            description =
                    "for supervisorctl upgrade: say whether this program could go on with what the state file has")
    private boolean trial;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = "error, warn, info or debug (default: info)",
            defaultValue = "info")
    private Level level = Level.INFO;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    @SuppressWarnings("UnusedVariable") // picocli sets it, and asks itself
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "show the version")
    @SuppressWarnings("UnusedVariable") // picocli sets it, and asks itself
    private boolean version;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public static void main(String[] arguments) {
        Optional<PlainStart> plain = PlainStart.read(arguments);
        int code = plain.isPresent() ? plain.get().run() : commandLine().execute(arguments);
        // Help, the version and what --check finds: a script takes 0 for their having been told.
        if (System.out.checkError() && code == Daemon.STOPPED) {
            System.err.println(
                    CommandNames.DAEMON + ": standard output took no more: there is no room, or nobody reads");
            code = Daemon.FAILED;
        }
        System.exit(code);
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new SupervisordMain());
        commandLine.setCommandName(CommandNames.DAEMON);
        commandLine.setParameterExceptionHandler(new UsageMistake(false));
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.getCommandSpec().version(CommandNames.DAEMON + " " + Version.own());
        return commandLine;
    }

    @Override
    public Integer call() throws IOException {
        Optional<Integer> failed = withoutNativeCode(spec.commandLine().getErr());
        if (failed.isPresent()) {
            return failed.get();
        }
        if (trial) {
            return tryOut();
        }
        return check ? check() : run(config, level);
    }

    static int run(Path config, Level level) {
        return Daemon.run(ConfigurationFile.named(config, System.getenv()), level, Version.own());
    }

    /** @return the exit code, where native code can't be loaded, and that has been said */
    static Optional<Integer> withoutNativeCode(PrintWriter err) {
        return NativeCode.refusal().map(why -> {
            err.println(CommandNames.DAEMON + ": " + why);
            err.flush();
            return Daemon.FAILED;
        });
    }

    private int tryOut() throws IOException {
        ConfigurationFile.Result result =
                ConfigurationFile.read(ConfigurationFile.named(config, System.getenv()), System.getenv());
        if (result instanceof ConfigurationFile.Valid valid) {
            try {
                spec.commandLine().getOut().println(Trial.answer(valid.configuration(), Version.own()));
                return Daemon.STOPPED;
            } catch (StartFailure unreadable) {
                spec.commandLine().getErr().println(unreadable.getMessage());
                return Daemon.FAILED;
            }
        }
        if (result instanceof ConfigurationFile.Invalid invalid) {
            spec.commandLine().getErr().println("the configuration is invalid: " + invalid.summary());
        }
        return Daemon.INVALID_CONFIGURATION;
    }

    private int check() throws IOException {
        // The launcher blocks them, for a daemon to take.
        Signals.take(
                Set.of(Signal.INT, Signal.TERM), signal -> Runtime.getRuntime().halt(SIGNALLED + signal.number()));
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        ConfigurationFile.Result result =
                ConfigurationFile.read(ConfigurationFile.named(config, System.getenv()), System.getenv());
        if (result instanceof ConfigurationFile.Valid valid) {
            if (!valid.problems().isEmpty()) {
                err.println(valid.text());
                err.println(
                        CommandNames.DAEMON
                                + ": the text is valid, but what is named here can't start on this machine now, or is told of nothing");
                return Daemon.INVALID_CONFIGURATION;
            }
            out.println(config + ": valid");
            String diagnosis =
                    DiagnosisJson.of(Doctor.examine(valid.configuration())).toString();
            out.print(DoctorView.of(Json.parse(diagnosis)));
            AfterReload.of(valid.configuration()).forEach(out::println);
            out.flush();
            return Daemon.STOPPED;
        }
        if (result instanceof ConfigurationFile.Invalid invalid) {
            err.println(invalid.text());
            err.println(CommandNames.DAEMON + ": " + invalid.verdict());
            return invalid.unread() ? Daemon.FAILED : Daemon.INVALID_CONFIGURATION;
        }
        return Daemon.INVALID_CONFIGURATION;
    }
}
