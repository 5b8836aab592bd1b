package dev.handover.supervisor.cli;

import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** Has an option take the word behind it only where that is a number: it may as well be a service. */
final class Seconds implements IParameterPreprocessor {
    static final String USUAL = "2";

    @Override
    public boolean preprocess(Stack<String> arguments, CommandSpec command, ArgSpec option, Map<String, Object> info) {
        boolean given = !arguments.isEmpty()
                && !arguments.peek().isEmpty()
                && arguments.peek().chars().allMatch(Character::isDigit);
        if (!given && !"=".equals(info.get("separator"))) {
            arguments.push(USUAL);
        }
        return false; // picocli goes on with it
    }
}
