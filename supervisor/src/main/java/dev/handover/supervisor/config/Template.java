package dev.handover.supervisor.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text in which {@code ${NAME}} stands for a variable, as in a command's words and the environment's values; {@code $$} is
 * one {@code $}, and a {@code $} before anything else is itself.
 */
public final class Template {
    private static final Pattern SPECIAL = Pattern.compile("\\$(\\$|\\{([^}]*)(}?))");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** Where the names in a value of environment are looked for. */
    public static final String OF_ENVIRONMENT = "what workers inherit or in environment-file";
    /** Where those are of what is no service's. */
    public static final String OF_SUPERVISOR = "the supervisor's own environment";
    /** Where those in a word of command are. */
    public static final String OF_COMMAND = "what workers inherit, in environment-file or in environment";

    private final List<Part> parts;

    private record Part(String text, boolean isReference) {}

    private Template(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /** @throws IllegalArgumentException if something in braces is no variable's name, with a message for users */
    public static Template of(String text) {
        List<Part> parts = new ArrayList<>();
        Matcher special = SPECIAL.matcher(text);
        int end = 0;
        while (special.find()) {
            parts.add(new Part(text.substring(end, special.start()), false));
            parts.add(special.group(1).equals("$") ? new Part("$", false) : reference(special));
            end = special.end();
        }
        parts.add(new Part(text.substring(end), false));
        return new Template(parts);
    }

    private static Part reference(Matcher special) {
        String name = special.group(2);
        if (special.group(3).isEmpty() || !NAME.matcher(name).matches()) {
            // What stands there may be of a password.
            throw new IllegalArgumentException(
                    "'${' names no variable; expected ${NAME}, or $${ where ${ itself is meant");
        }
        return new Part(name, true);
    }

    /**
     * What is to be said of a name that nothing sets.
     *
     * @param where {@link #OF_ENVIRONMENT}, {@link #OF_COMMAND} or {@link #OF_SUPERVISOR}
     */
    public static String unset(String name, String where) {
        return "nothing sets ${" + name + "}; expected it in " + where + ", or $${" + name + "} where ${" + name
                + "} itself is meant";
    }

    /** The variables that it names. */
    List<String> names() {
        return parts.stream().filter(Part::isReference).map(Part::text).toList();
    }

    /**
     * The text with the variables' values in the place of their names.
     *
     * @param literal makes a value of what stands there as it is
     * @param variable the value of a name
     * @param joined one value behind another
     */
    public <T> T filled(Function<String, T> literal, Function<String, T> variable, BinaryOperator<T> joined) {
        return parts.stream()
                .map(part -> (part.isReference() ? variable : literal).apply(part.text()))
                .reduce(joined)
                .orElseGet(() -> literal.apply(""));
    }
}
