package dev.handover.supervisor.cli;

import dev.handover.supervisor.terms.CommandNames;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What fingers have learnt from other supervisors, service managers and servers, and how that is said here. A guess from
 * the letters alone would offer "start" to who says "condrestart".
 */
enum OtherWords {
    RESTART(
            CommandNames.CTL,
            "'" + CommandNames.CTL + " reload [SERVICE]' replaces every worker by a new one, without an interruption",
            "reload-or-restart",
            "try-restart",
            "force-reload",
            "condrestart",
            "graceful",
            "reread",
            "update",
            "hup"),
    NGINX_SIGNAL(
            CommandNames.CTL,
            "'" + CommandNames.CTL + " reload' reloads, '" + CommandNames.CTL
                    + " shutdown' drains, stops and ends the supervisor",
            "-s"),
    SHUTDOWN(
            CommandNames.CTL,
            "'" + CommandNames.CTL + " shutdown' drains and stops every service and ends the supervisor," + " '"
                    + CommandNames.CTL + " stop SERVICE' stops one",
            "quit",
            "exit",
            "halt",
            "terminate"),
    STATUS(
            CommandNames.CTL,
            "'" + CommandNames.CTL + " status [SERVICE]' shows services, workers and their pids",
            "list",
            "list-units",
            "show",
            "ps",
            "pid",
            "avail",
            "info",
            "is-active"),
    LOG(
            CommandNames.CTL,
            "'" + CommandNames.CTL + " logs SERVICE' shows what workers write; all of it is in the supervisor's log, under systemd"
                    + " 'journalctl -u handover'",
            "tail",
            "maintail",
            "log",
            "fg"),
    FILE(
            CommandNames.CTL,
            "the configuration file says which services there are: change it, then '" + CommandNames.CTL + " reload'",
            "add",
            "remove",
            "enable",
            "disable",
            "daemon-reload"),
    SIGNAL(
            CommandNames.CTL,
            "'" + CommandNames.CTL + " signal SERVICE HUP' sends workers a signal, '" + CommandNames.CTL
                    + " status' shows their pids, for kill(1)",
            "kill"),
    CHECK(
            CommandNames.CTL,
            "'" + CommandNames.DAEMON + " --check --config FILE' checks a file and starts nothing",
            "check",
            "configtest",
            "test",
            "validate",
            "-t",
            "-T"),
    HELP(CommandNames.CTL, "'" + CommandNames.CTL + " --help' lists the commands", "help"),
    SOCKET(
            CommandNames.CTL,
            "this command reads no file: '--socket PATH' names the supervisor's control socket",
            "-c",
            "--config",
            "--configuration"),
    CONFIG(CommandNames.DAEMON, "'--config FILE' names the file", "-c", "--configuration"),
    FOREGROUND(
            CommandNames.DAEMON,
            "it always runs in the foreground, as service managers want it",
            "-n",
            "--nodaemon",
            "-d",
            "-D",
            "--daemon",
            "--daemonize"),
    CHECK_ONLY(CommandNames.DAEMON, "'--check' checks the file and starts nothing", "-t", "-T", "--test"),
    LOG_LEVEL(
            CommandNames.DAEMON, "'--log-level LEVEL' says how much is logged", "-e", "--loglevel", "-v", "--verbose");

    private final String command;
    private final String here;
    private final List<String> words;

    OtherWords(String command, String here, String... words) {
        this.command = command;
        this.here = here;
        this.words = List.of(words);
    }

    /** How it is said here, whatever it was that was not understood; empty where that is nobody's word. */
    static Optional<String> advice(ParameterException mistake, String... arguments) {
        String command = mistake.getCommandLine().getCommandSpec().root().name();
        Stream<String> strange = mistake instanceof UnmatchedArgumentException unmatched
                ? unmatched.getUnmatched().stream()
                : Arrays.stream(arguments).filter(argument -> argument.startsWith("-"));
        return strange.flatMap(word -> Arrays.stream(values())
                        .filter(other -> other.command.equals(command) && other.words.contains(word))
                        .map(other -> "there is no '" + word + "' here: " + other.here))
                .findFirst();
    }
}
