package dev.handover.supervisor.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Signal;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The fields of {@code signal}: which one, and to whom.
 *
 * @param worker from 1 on; each where empty
 * @param generation that which serves where empty
 */
record SignalFields(Signal signal, Optional<Integer> worker, Optional<GenerationId> generation) {
    private static final String PREFIX = "SIG";

    /** Names that people know, of signals that are there to end or to suspend a program. */
    private static final Set<String> ENDING = Set.of("INT", "ABRT", "KILL", "TERM", "STOP", "TSTP");

    /** @throws IllegalArgumentException if they are something else; the message is for people */
    static SignalFields read(JsonObject call) {
        return new SignalFields(
                signal(call.get("signal")),
                NumberField.read(call, "worker"),
                NumberField.read(call, "generation").map(GenerationId::new));
    }

    private static Signal signal(JsonElement field) {
        if (!(field instanceof JsonPrimitive value && value.isString())) {
            throw new IllegalArgumentException("'signal' needs the field 'signal', a name such as \"HUP\"");
        }
        String word = value.getAsString().toUpperCase(Locale.ROOT);
        String name = word.startsWith(PREFIX) ? word.substring(PREFIX.length()) : word;
        for (Signal one : Signal.FOR_PEOPLE) {
            if (one.name().equals(name)) {
                return one;
            }
        }
        if (ENDING.contains(name)) {
            throw new IllegalArgumentException(
                    PREFIX + name + " is not sent: it ends or suspends a worker in the middle of what" + " it is at; "
                            + CommandNames.CTL + " restart replaces workers, stop stops a service; nothing was sent");
        }
        throw new IllegalArgumentException(
                "no signal for workers is called '" + value.getAsString()
                        + "'; there is HUP, QUIT, USR1, USR2, ALRM, CONT, TTIN, TTOU, WINCH, and RTMIN to RTMIN+30; nothing was sent");
    }
}
