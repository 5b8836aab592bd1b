package dev.handover.supervisor.cli;

import dev.handover.supervisor.config.DurationText;
import dev.handover.supervisor.control.Verb;
import dev.handover.supervisor.terms.CommandNames;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The whole command line of {@code supervisorctl}: its help, its mistakes and its completion. */
@Command(
        name = "supervisorctl",
        description = "Tells a running supervisor what to do, and shows what it does.",
        subcommands = Completion.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed, replaced by a newer reload, or not done in time; what served before still does;"
                    + " doctor: a service is down, or not handed over as configured;"
                    + " upgrade: the supervisor that ran before still does",
            "2:wrong usage, unknown service, or invalid configuration; nothing was changed",
            "3:status: a service is not running",
            "4:no permission to talk to the supervisor",
            "5:the launcher found no JDK of version 17 or later",
            "7:the supervisor is not running, or went away before it had answered",
            "9:reload --dry-run: the reload would change something"
        })
final class SupervisorctlCommand {
    private static final long LAST_BEFORE_FOLLOWING = 10;
    private static final int LONGEST_PAUSE = 3600;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            scope = ScopeType.INHERIT,
            description = "the supervisor's control socket (default: where a supervisor of this user or of the machine"
                    + " has it)")
    private @Nullable Path socket;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "print JSON, one text a line, as docs/control.md specifies it")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    @SuppressWarnings("UnusedVariable") // picocli sets it, and asks itself
    private boolean help;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Understands the arguments, or has printed what was asked for or what is wrong, and returns the exit code. */
    sealed interface Result {
        record Understood(Invocation invocation) implements Result {}

        record Ended(int exitCode) implements Result {}
    }

    static Result parse(PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine commandLine = commandLine().setOut(out).setErr(err);
        int exitCode = commandLine.execute(arguments);
        for (CommandLine command : commandLine.getSubcommands().values()) {
            if (command.getExecutionResult() instanceof Invocation invocation) {
                return new Result.Understood(invocation);
            }
        }
        return new Result.Ended(exitCode);
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new SupervisorctlCommand());
        // Not inherited, for an inherited one would print the help of all.
        for (CommandLine command : commandLine.getSubcommands().values()) {
            command.getCommandSpec()
                    .addOption(OptionSpec.builder("-h", "--help")
                            .usageHelp(true)
                            .description("show this help")
                            .build());
        }
        commandLine.setCommandName(CommandNames.CTL);
        commandLine.setParameterExceptionHandler(new UsageMistake(true));
        commandLine.registerConverter(Duration.class, new DurationConverter());
        return commandLine;
    }

    @Command(description = "Show the services, their generations and their workers.")
    Invocation status(
            @Parameters(arity = "0..1", paramLabel = "SERVICE") @Nullable String service,
            @Option(
                            names = "--watch",
                            paramLabel = "SECONDS",
                            arity = "0..1",
                            preprocessor = Seconds.class,
                            description = "show it again every so many seconds (default: 2), until Ctrl-C")
                    @Nullable
                    Integer watch) {
        if (watch != null && (watch < 1 || watch > LONGEST_PAUSE)) {
            throw new ParameterException(
                    spec.commandLine().getSubcommands().get(Verb.STATUS.word()),
                    "--watch takes 1 to " + LONGEST_PAUSE + " seconds, not " + watch);
        }
        Invocation status = new Invocation(Verb.STATUS, socket, json, service, true, null);
        return watch == null ? status : status.watching(Duration.ofSeconds(watch));
    }

    @Command(description = "Show the last reloads of the services: which generation, when, and how it ended.")
    Invocation history(@Parameters(arity = "0..1", paramLabel = "SERVICE") @Nullable String service) {
        return new Invocation(Verb.HISTORY, socket, json, service, true, null);
    }

    @Command(
            description = {
                "Show what has happened to the services, and to the supervisor: a line each.",
                "Without --since, the newest 100; with --follow, 10 and what comes."
            })
    Invocation events(
            @Parameters(arity = "0..1", paramLabel = "SERVICE", description = "of this one only") @Nullable
                    String service,
            @Option(
                            names = {"-f", "--follow"},
                            description = "go on with what happens, until Ctrl-C")
                    boolean follow,
            @Option(
                            names = "--since",
                            paramLabel = "DURATION",
                            description = "what has happened in so long until now, such as 10m or 24h")
                    @Nullable
                    Duration since) {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (since != null) {
            fields.put("since_ms", since.toMillis());
        } else if (follow) {
            fields.put("last", LAST_BEFORE_FOLLOWING);
        } else {
            fields.putAll(Invocation.NEWEST);
        }
        if (follow) {
            fields.put("follow", true);
        }
        return new Invocation(Verb.EVENTS, socket, json, service, true, null, fields);
    }

    @Command(
            description = {
                "Show what the workers of a service have written: the newest lines that the supervisor has, in memory.",
                "Where older ones are, it says."
            })
    Invocation logs(
            @Parameters(paramLabel = "SERVICE") String service,
            @Option(
                            names = {"-f", "--follow"},
                            description = "go on with what they write, until Ctrl-C")
                    boolean follow,
            @Option(
                            names = {"-n", "--lines"},
                            paramLabel = "NUMBER",
                            description = "of what is there, so many of the newest (default: 100)")
                    @Nullable
                    Integer lines,
            @Option(names = "--generation", paramLabel = "NUMBER", description = "of this generation's workers only")
                    @Nullable
                    Integer generation,
            @Option(
                            names = "--since",
                            paramLabel = "DURATION",
                            description = "what they have written in so long until now, such as 10m")
                    @Nullable
                    Duration since) {
        CommandLine logs = spec.commandLine().getSubcommands().get(Verb.LOGS.word());
        if (lines != null && lines < 0) {
            throw new ParameterException(logs, "--lines takes a number from 0 on, not " + lines);
        }
        if (generation != null && generation < 1) {
            throw new ParameterException(logs, "--generation takes a number from 1 on, not " + generation);
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        if (since != null) {
            fields.put("since_ms", since.toMillis());
        }
        if (lines != null) {
            fields.put("last", (long) lines);
        } else if (since == null) {
            fields.putAll(Invocation.NEWEST);
        }
        if (generation != null) {
            fields.put("generation", (long) generation);
        }
        if (follow) {
            fields.put("follow", true);
        }
        return new Invocation(Verb.LOGS, socket, json, service, true, null, fields);
    }

    @Command(
            description = {
                "Tell how the last reload of a service went, or goes.",
                "Who asked for it, what happened when, what became of the connections, and why it is not called lossless where it isn't."
            })
    Invocation explain(@Parameters(arity = "0..1", paramLabel = "SERVICE") @Nullable String service) {
        return new Invocation(Verb.EXPLAIN, socket, json, service, true, null);
    }

    @Command(description = "Say which handover each service gets on this host, why, and what one could change.")
    Invocation doctor() {
        return new Invocation(Verb.DOCTOR, socket, json, null, true, null);
    }

    @Command(
            description = {
                "Read the configuration anew and hand over to new generations.",
                "Waits until the old ones are gone. Ending this command does not end the reload."
            })
    Invocation reload(
            @Parameters(arity = "0..1", paramLabel = "SERVICE", description = "reload this one only") @Nullable
                    String service,
            @Option(
                            names = "--to",
                            paramLabel = "GENERATION",
                            description =
                                    "to what this generation was started from, as history shows it; whatever the file says")
                    @Nullable
                    Long to,
            @Option(
                            names = "--if-busy",
                            paramLabel = "wait|replace|refuse",
                            description =
                                    "during another reload: wait for its end (default), replace it if it has no client yet, or refuse")
                    @Nullable
                    String busy,
            @Option(names = "--dry-run", description = "say what it would change, and do nothing") boolean dryRun,
            @Mixin CanaryOptions canary,
            @Option(names = "--no-wait", description = "return once the reload is accepted") boolean noWait,
            @Option(
                            names = "--timeout",
                            paramLabel = "DURATION",
                            description = "wait no longer than this, such as 30s or 2m; the reload goes on")
                    @Nullable
                    Duration timeout) {
        CommandLine reload = spec.commandLine().getSubcommands().get(Verb.RELOAD.word());
        if (dryRun) {
            if (to != null || busy != null || canary.field() != null || noWait || timeout != null) {
                throw new ParameterException(reload, "--dry-run takes a service at most, and no other option");
            }
            return new Invocation(Verb.RELOAD, socket, json, service, true, null, Map.of("dry_run", true));
        }
        if (to != null && service == null) {
            throw new ParameterException(reload, "--to takes a service, too: a generation is one service's");
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "canary", canary.field());
        put(fields, "to", to);
        put(fields, "if_busy", busy);
        return new Invocation(Verb.RELOAD, socket, json, service, !noWait, timeout, fields);
    }

    @Command(
            description = {
                "Replace every worker of a service by a new one, started as the one that serves was, whatever the file says now.",
                "A reload in all else: nobody's connection is lost. Waits until the old ones are gone."
            })
    Invocation restart(
            @Parameters(paramLabel = "SERVICE") String service,
            @Option(names = "--no-wait", description = "return once the restart is accepted") boolean noWait,
            @Option(
                            names = "--timeout",
                            paramLabel = "DURATION",
                            description = "wait no longer than this, such as 30s or 2m; the restart goes on")
                    @Nullable
                    Duration timeout) {
        return new Invocation(Verb.RESTART, socket, json, service, !noWait, timeout);
    }

    @Command(
            description = {
                "Have a service run with another number of workers, all else as it serves, whatever the file says now.",
                "The next reload takes the file's number again. Waits until the old workers are gone."
            })
    Invocation scale(
            @Parameters(index = "0", paramLabel = "SERVICE") String service,
            @Parameters(index = "1", paramLabel = "WORKERS", description = "how many, from 1 on") long workers,
            @Option(names = "--no-wait", description = "return once it is accepted") boolean noWait,
            @Option(
                            names = "--timeout",
                            paramLabel = "DURATION",
                            description = "wait no longer than this, such as 30s or 2m; it goes on")
                    @Nullable
                    Duration timeout) {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "workers", workers);
        return new Invocation(Verb.SCALE, socket, json, service, !noWait, timeout, fields);
    }

    @Command(
            description = {
                "Move new connections back to the generation that stands by after a reload, or serves beside a canary.",
                "The new one ends; where there is neither, the last good configuration is started again. Waits until all is done."
            })
    Invocation rollback(
            @Parameters(
                            arity = "0..1",
                            paramLabel = "SERVICE",
                            description = "roll back this one; to be named where generations of several stand by")
                    @Nullable
                    String service,
            @Option(names = "--no-wait", description = "return once the rollback is accepted") boolean noWait,
            @Option(
                            names = "--timeout",
                            paramLabel = "DURATION",
                            description = "wait no longer than this, such as 30s or 2m; the rollback goes on")
                    @Nullable
                    Duration timeout) {
        return new Invocation(Verb.ROLLBACK, socket, json, service, !noWait, timeout);
    }

    @Command(description = "Move all clients to the new generation that some are led to now.")
    Invocation promote(@Parameters(arity = "0..1", paramLabel = "SERVICE") @Nullable String service) {
        return new Invocation(Verb.PROMOTE, socket, json, service, true, null);
    }

    @Command(
            description =
                    "Have a new generation that some clients are led to stay at those, until resume, promote or rollback.")
    Invocation pause(@Parameters(arity = "0..1", paramLabel = "SERVICE") @Nullable String service) {
        return new Invocation(Verb.PAUSE, socket, json, service, true, null);
    }

    @Command(description = "Go on with the step that a new generation was paused in.")
    Invocation resume(@Parameters(arity = "0..1", paramLabel = "SERVICE") @Nullable String service) {
        return new Invocation(Verb.RESUME, socket, json, service, true, null);
    }

    private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    @Command(
            description = {
                "Have new connections to a service wait in the kernel, as during a migration; open ones go on.",
                "Until COMMAND, which runs meanwhile, has ended, whose exit code is this one's then; until hold --end; until",
                "this command ends; and no longer than --max."
            })
    Invocation hold(
            @Parameters(index = "0", paramLabel = "SERVICE") String service,
            @Option(
                            names = "--max",
                            paramLabel = "DURATION",
                            description = "for so long at most, such as 20s; no longer than 60s")
                    @Nullable
                    String max,
            @Option(names = "--end", description = "let new connections go on now") boolean end,
            @Parameters(
                            index = "1..*",
                            arity = "0..*",
                            paramLabel = "COMMAND",
                            description = "what is run meanwhile, with its arguments, after --")
                    @Nullable
                    List<String> command) {
        if ((max != null) == end || (end && command != null)) {
            CommandLine hold = spec.commandLine().getSubcommands().get(Verb.HOLD.word());
            throw new ParameterException(hold, "hold takes --max DURATION, and perhaps a command, or --end alone");
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "max", max);
        put(fields, "end", end ? true : null);
        return new Invocation(Verb.HOLD, socket, json, service, true, null, fields)
                .running(command == null ? List.of() : command);
    }

    @Command(
            description = {
                "Send a signal to the workers of the generation that serves, such as HUP or USR1. A program that has nothing for it",
                "ends of it; what is there to end one is refused.",
                "Says which pids have got it."
            })
    Invocation signal(
            @Parameters(paramLabel = "SERVICE") String service,
            @Parameters(paramLabel = "SIGNAL", description = "a name, with or without SIG") String signal,
            @Option(names = "--worker", paramLabel = "N", description = "to this worker alone") @Nullable Long worker,
            @Option(
                            names = "--generation",
                            paramLabel = "N",
                            description = "to workers of this one, such as one that drains, as status shows it")
                    @Nullable
                    Long generation) {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "signal", signal);
        put(fields, "worker", worker);
        put(fields, "generation", generation);
        return new Invocation(Verb.SIGNAL, socket, json, service, true, null, fields);
    }

    @Command(description = "Drain and stop a service; it stays stopped until it is started.")
    Invocation stop(@Parameters(paramLabel = "SERVICE") String service) {
        return new Invocation(Verb.STOP, socket, json, service, true, null);
    }

    @Command(description = "Start a stopped service, as the configuration says now.")
    Invocation start(@Parameters(paramLabel = "SERVICE") String service) {
        return new Invocation(Verb.START, socket, json, service, true, null);
    }

    @Command(
            description = {
                "Let the supervisor that is installed now take the place of the running one; services serve on.",
                "It is tried first. Where it can't take over, the one that runs stays, or comes back."
            })
    Invocation upgrade() {
        return new Invocation(Verb.UPGRADE, socket, json, null, true, null);
    }

    @Command(description = "Drain and stop every service, and end the supervisor.")
    Invocation shutdown() {
        return new Invocation(Verb.SHUTDOWN, socket, json, null, true, null);
    }

    @Command(description = "Show the version of this command; with --socket, of the supervisor there too.")
    Invocation version() {
        return new Invocation(Verb.VERSION, socket, json, null, true, null);
    }

    private static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                return DurationText.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
