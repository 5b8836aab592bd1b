package dev.handover.bench;

import java.io.IOException;
import picocli.CommandLine;

/** The command {@code bench}. */
public final class BenchMain {
    private BenchMain() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new BenchCommand());
        line.setParameterExceptionHandler((problem, arguments) -> {
            CommandLine command = problem.getCommandLine();
            command.getErr().println("bench: " + problem.getMessage() + " ('bench --help' tells more)");
            return command.getCommandSpec().exitCodeOnInvalidInput();
        });
        line.setExecutionExceptionHandler((problem, command, arguments) -> {
            if (!(problem instanceof IOException)) {
                throw problem;
            }
            command.getErr().println("bench: " + problem.getMessage());
            return BenchCommand.NOT_MEASURED;
        });
        return line;
    }
}
