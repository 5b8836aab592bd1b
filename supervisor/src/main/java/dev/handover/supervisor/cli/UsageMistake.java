package dev.handover.supervisor.cli;

import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line, on one line, and where help is; picocli by itself prints all of the help. */
final class UsageMistake implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException mistake, String[] arguments) {
        CommandLine command = mistake.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        StringBuilder text = new StringBuilder(name).append(": ").append(mistake.getMessage());
        if (mistake instanceof UnmatchedArgumentException unmatched) {
            String suggestion = String.join("', '", unmatched.getSuggestions());
            text.append(suggestion.isEmpty() ? "" : "; did you mean '" + suggestion + "'?");
        }
        command.getErr().println(text.append("; see '").append(name).append(" --help'"));
        return ExitCode.USAGE.number();
    }
}
