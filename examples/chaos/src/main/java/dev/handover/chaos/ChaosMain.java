package dev.handover.chaos;

import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import java.time.Duration;
import java.util.function.Function;
import picocli.CommandLine;

/** The command {@code chaos}. */
public final class ChaosMain {
    private ChaosMain() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new ChaosCommand());
        line.registerConverter(Duration.class, converted(Durations::parse));
        line.registerConverter(Target.class, converted(Target::parse));
        line.registerConverter(Mode.class, converted(Mode::parse));
        line.setParameterExceptionHandler((problem, arguments) -> {
            CommandLine command = problem.getCommandLine();
            String name = command.getCommandSpec().qualifiedName();
            command.getErr().println(name + ": " + problem.getMessage() + " ('" + name + " --help' tells more)");
            return command.getCommandSpec().exitCodeOnInvalidInput();
        });
        return line;
    }

    private static <T> CommandLine.ITypeConverter<T> converted(Function<String, T> parse) {
        return text -> {
            try {
                return parse.apply(text);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(String.valueOf(e.getMessage()));
            }
        };
    }
}
