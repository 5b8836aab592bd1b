package dev.handover.supervisor.cli;

import dev.handover.supervisor.control.Verb;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads the plain forms of {@code supervisorctl}'s command line, and leaves every other one, mistakes included, to
 * {@link SupervisorctlCommand}. It is there for speed only: picocli's classes are of Java 5's class file format, which
 * the JVM neither takes from a shared archive nor verifies quickly, and cost more than the JVM's own start.
 */
final class PlainArguments {
    private final String[] arguments;
    private @Nullable Verb verb;
    private @Nullable Path socket;
    private boolean json;
    private @Nullable String service;
    private boolean waits = true;

    private PlainArguments(String[] arguments) {
        this.arguments = arguments;
    }

    /** What the arguments mean; null where they are not of a plain form. */
    static @Nullable Invocation read(String... arguments) {
        return new PlainArguments(arguments).read();
    }

    private @Nullable Invocation read() {
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (argument.equals("--json") && !json) {
                json = true;
            } else if (argument.equals("--no-wait") && mayNotWait(verb) && waits) {
                waits = false;
            } else if (argument.equals("--socket") && socket == null && i + 1 < arguments.length) {
                i++;
                // A bare word might be a command's name, which picocli does not take for a value.
                if (isOption(arguments[i]) || arguments[i].indexOf('/') < 0) {
                    return null;
                }
                socket = Path.of(arguments[i]);
            } else if (isOption(argument) || !word(argument)) {
                return null;
            }
        }
        if (verb == null
                || verb == Verb.SIGNAL
                || verb == Verb.HOLD
                || verb == Verb.SCALE
                || (verb.needsService() && service == null)) {
            return null; // nothing, or more is to be said
        }
        return verb == Verb.EVENTS || verb == Verb.LOGS
                ? new Invocation(verb, socket, json, service, true, null, Invocation.NEWEST)
                : new Invocation(verb, socket, json, service, waits, null);
    }

    private static boolean mayNotWait(@Nullable Verb verb) {
        return verb == Verb.RELOAD || verb == Verb.RESTART || verb == Verb.ROLLBACK;
    }

    private static boolean isOption(String argument) {
        return argument.isEmpty() || argument.charAt(0) == '-' || argument.charAt(0) == '@';
    }

    /** Takes a word that is not an option: the verb, then the service. */
    private boolean word(String word) {
        if (verb == null) {
            verb = Verb.named(word);
            return verb != null;
        }
        if (service == null && verb.takesService()) {
            service = word;
            return true;
        }
        return false;
    }
}
