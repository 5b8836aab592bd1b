package dev.handover.supervisor.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** What one can type, for those who write manual pages of it. */
public final class CommandLines {
    private CommandLines() {}

    /** The supervisor's command line and its client's, each with its subcommands. */
    public static List<CommandSpec> all() {
        return List.of(
                SupervisordMain.commandLine().getCommandSpec(),
                SupervisorctlCommand.commandLine().getCommandSpec());
    }
}
