package dev.handover.supervisor.state;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.handover.supervisor.terms.HealthSpec;
import dev.handover.supervisor.terms.HealthSpec.Question;
import dev.handover.supervisor.terms.HealthSpec.Then;
import java.time.Duration;
import java.util.Optional;

/** {@link HealthSpec} in the state file. */
final class HealthJson {
    private static final String TCP = "tcp";
    private static final String TLS = "tls";
    private static final String HTTP = "http";
    private static final String COMMAND = "command";

    private HealthJson() {}

    static JsonObject write(HealthSpec spec) {
        JsonObject json = new JsonObject();
        Question question = spec.question();
        if (question instanceof HealthSpec.Http http) {
            json.addProperty("ask", HTTP);
            json.addProperty("tls", http.tls());
            json.addProperty("path", http.path());
            json.addProperty("expect", http.expect());
        } else if (question instanceof HealthSpec.Command command) {
            json.addProperty("ask", COMMAND);
            JsonArray words = new JsonArray();
            command.command().forEach(words::add);
            json.add(COMMAND, words);
        } else {
            json.addProperty("ask", question instanceof HealthSpec.Tls ? TLS : TCP);
        }
        json.addProperty("interval", spec.interval().toString());
        json.addProperty("timeout", spec.timeout().toString());
        json.addProperty("failures", spec.failures());
        json.addProperty("then", spec.then().name());
        return json;
    }

    static Optional<HealthSpec> read(Fields service) throws UnreadableState {
        if (!service.has("health")) {
            return Optional.empty();
        }
        Fields json = service.table("health");
        try {
            return Optional.of(new HealthSpec(
                    question(json),
                    json.read("interval", Duration::parse),
                    json.read("timeout", Duration::parse),
                    json.integer("failures"),
                    json.read("then", Then::valueOf)));
        } catch (IllegalArgumentException bad) {
            throw new UnreadableState("health: " + bad.getMessage());
        }
    }

    private static Question question(Fields json) throws UnreadableState {
        return switch (json.text("ask")) {
            case HTTP -> new HealthSpec.Http(json.flag("tls"), json.text("path"), json.integer("expect"));
            case TLS -> new HealthSpec.Tls();
            case COMMAND -> new HealthSpec.Command(json.texts(COMMAND));
            case TCP -> new HealthSpec.Tcp();
            default -> throw new UnreadableState("health.ask: nobody is asked '" + json.text("ask") + "'");
        };
    }
}
