package dev.handover.supervisor.notify;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.handover.supervisor.config.Programs;
import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.linux.Errands;
import dev.handover.supervisor.linux.Program;
import dev.handover.supervisor.process.Inherited;
import dev.handover.supervisor.terms.NotifySpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs a command for each event, which finds it at its standard input. */
final class NotifyCommand implements Delivery {
    private static final Path NOWHERE = Path.of("/dev/null");

    /** Names of variables, and of the event's members whose text they have. */
    private static final Map<String, String> VARIABLES =
            Map.of("HANDOVER_EVENT", "what", "HANDOVER_SERVICE", "service", "HANDOVER_TEXT", "text");

    private final NotifySpec.Command command;
    private final Errands errands;

    NotifyCommand(NotifySpec.Command command, Errands errands) {
        this.command = command;
        this.errands = errands;
    }

    @Override
    public void deliver(JsonObject event, Duration limit) throws IOException {
        byte[] input = (event + "\n").getBytes(StandardCharsets.UTF_8);
        Errands.Ended ended = errands.run(program(event), input, limit);
        if (!ended.isDone()) {
            throw new IOException(command.command().get(0) + " " + ended);
        }
    }

    private Program program(JsonObject event) throws IOException {
        Map<CString, CString> environment = new LinkedHashMap<>(Inherited.read());
        VARIABLES.forEach((name, member) -> {
            environment.remove(CString.of(name));
            Optional.ofNullable(event.get(member))
                    .map(JsonElement::getAsString)
                    .ifPresent(text -> environment.put(CString.of(name), CString.of(text)));
        });
        CString path = environment.getOrDefault(CString.of("PATH"), CString.of(Programs.PATH_WHEN_UNSET));
        String word = command.command().get(0);
        Path file = Programs.find(word, command.directory(), path.toString())
                .orElseThrow(() -> new IOException("there is no program '" + word + "'"));
        List<CString> entries = new ArrayList<>();
        environment.forEach(
                (name, value) -> entries.add(name.plus(CString.of("=")).plus(value)));
        List<CString> words = command.command().stream().map(CString::of).toList();
        return new Program(file, words, entries, command.directory(), NOWHERE, NOWHERE);
    }

    @Override
    public void rest() {
        // Nothing is kept between two events.
    }
}
