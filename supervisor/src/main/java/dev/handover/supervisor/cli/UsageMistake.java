package dev.handover.supervisor.cli;

import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line, on one line, and where help is; picocli by itself prints all of the help. */
final class UsageMistake implements IParameterExceptionHandler {
    private final boolean speaksJson;

    /** @param speaksJson whether the command has an option {@code --json}, which concerns its mistakes too */
    UsageMistake(boolean speaksJson) {
        this.speaksJson = speaksJson;
    }

    @Override
    public int handleParseException(ParameterException mistake, String[] arguments) {
        CommandLine command = mistake.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        String text =
                OtherWords.advice(mistake, arguments).orElseGet(() -> text(mistake) + "; see '" + name + " --help'");
        if (speaksJson && Arrays.asList(arguments).contains("--json")) {
            command.getOut().print(Json.failure(ExitCode.USAGE, text));
            command.getOut().flush();
        } else {
            command.getErr().println(name + ": " + text);
        }
        return ExitCode.USAGE.number();
    }

    private static String text(ParameterException mistake) {
        if (mistake instanceof UnmatchedArgumentException unmatched) {
            String suggestion = String.join("', '", unmatched.getSuggestions());
            return strange(unmatched) + (suggestion.isEmpty() ? "" : "; did you mean '" + suggestion + "'?");
        }
        return String.valueOf(mistake.getMessage());
    }

    private static String strange(UnmatchedArgumentException unmatched) {
        String word = unmatched.getUnmatched().get(0);
        if (word.startsWith("-")) {
            return String.valueOf(unmatched.getMessage());
        }
        CommandLine command = unmatched.getCommandLine();
        return command.getSubcommands().isEmpty()
                ? "'" + word + "' is one word too many"
                : "there is no command '" + word + "'";
    }
}
