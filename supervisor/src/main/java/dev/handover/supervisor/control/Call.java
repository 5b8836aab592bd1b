package dev.handover.supervisor.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.handover.supervisor.terms.CanaryOrder;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.IfBusy;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One request line, checked.
 *
 * @param id the client's; 1 to 64 characters
 * @param service empty where none was named
 * @param waits whether the client wants its answer when all is done
 * @param signal of {@code signal} alone
 * @param hold of {@code hold} alone
 * @param workers of {@code scale} alone
 * @param dryRun whether it only asks what would be done
 * @param reading what it wants of what is kept
 */
record Call(
        String id,
        Verb verb,
        Optional<ServiceName> service,
        boolean waits,
        CanaryOrder canary,
        Optional<GenerationId> to,
        IfBusy busy,
        Optional<SignalFields> signal,
        Optional<HoldFields> hold,
        Optional<Integer> workers,
        boolean dryRun,
        Reading reading) {
    private static final int LONGEST_ID = 64;

    /** @throws BadCall if the line is not a request of the protocol */
    static Call parse(byte[] line) throws BadCall {
        JsonObject json = object(text(line));
        String id = id(json);
        String method = string(json, "method", id);
        Verb verb = Verb.named(method);
        if (verb == null) {
            throw new BadCall(id, ErrorCode.UNKNOWN_METHOD, "there is no method '" + method + "'");
        }
        refuseUnknownFields(json, verb, id);
        if (verb.needsService() && !json.has("service")) {
            throw new BadCall(id, ErrorCode.BAD_REQUEST, "'" + method + "' needs the field 'service'");
        }
        return new Call(
                id,
                verb,
                service(json, id),
                waits(json, id),
                canary(json, id),
                to(json, id),
                busy(json, id),
                signal(json, verb, id),
                hold(json, verb, id),
                workers(json, verb, id),
                dryRun(json, id),
                reading(json, id));
    }

    private static String text(byte[] line) throws BadCall {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadCall(null, ErrorCode.BAD_REQUEST, "not UTF-8; expected one JSON object a line");
        }
    }

    private static JsonObject object(String line) throws BadCall {
        JsonReader reader = new JsonReader(new StringReader(line));
        reader.setStrictness(Strictness.STRICT);
        JsonElement json;
        try {
            json = JsonParser.parseReader(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new BadCall(null, ErrorCode.BAD_REQUEST, "expected one JSON object a line, not more");
            }
        } catch (JsonParseException | IOException e) {
            // Gson's own words speak of its settings and link to its own help.
            throw new BadCall(null, ErrorCode.BAD_REQUEST, "not JSON; expected one JSON object a line");
        }
        if (!json.isJsonObject()) {
            throw new BadCall(null, ErrorCode.BAD_REQUEST, "expected a JSON object");
        }
        return json.getAsJsonObject();
    }

    private static String id(JsonObject json) throws BadCall {
        String id = string(json, "id", null);
        if (id.isEmpty() || id.codePointCount(0, id.length()) > LONGEST_ID) {
            throw new BadCall(
                    null, ErrorCode.BAD_REQUEST, "'id' must be 1 to " + LONGEST_ID + " characters, not " + id.length());
        }
        return id;
    }

    private static void refuseUnknownFields(JsonObject json, Verb verb, String id) throws BadCall {
        for (String name : json.keySet()) {
            boolean known = switch (name) {
                case "id", "method" -> true;
                case "service" -> verb.takesService();
                case "wait" -> !verb.isAnsweredAtOnce() && verb != Verb.HOLD && verb != Verb.UPGRADE;
                case "max", "end" -> verb == Verb.HOLD;
                case "workers" -> verb == Verb.SCALE;
                case "canary", "to", "if_busy", "dry_run" -> verb == Verb.RELOAD;
                case "signal", "worker" -> verb == Verb.SIGNAL;
                case "generation" -> verb == Verb.SIGNAL || Reading.has(verb, name);
                default -> Reading.has(verb, name);
            };
            if (!known) {
                throw new BadCall(id, ErrorCode.BAD_REQUEST, "'" + verb.word() + "' takes no field '" + name + "'");
            }
        }
    }

    private static Optional<ServiceName> service(JsonObject json, String id) throws BadCall {
        if (!json.has("service")) {
            return Optional.empty();
        }
        String name = string(json, "service", id);
        try {
            return Optional.of(new ServiceName(name));
        } catch (IllegalArgumentException e) {
            throw new BadCall(id, ErrorCode.UNKNOWN_SERVICE, "there is no service '" + name + "': " + e.getMessage());
        }
    }

    private static boolean waits(JsonObject json, String id) throws BadCall {
        return flag("wait", true, json, id);
    }

    private static boolean dryRun(JsonObject json, String id) throws BadCall {
        boolean asked = flag("dry_run", false, json, id);
        if (asked && Stream.of("wait", "canary", "to", "if_busy").anyMatch(json::has)) {
            throw new BadCall(id, ErrorCode.BAD_REQUEST, "'dry_run' goes with 'service' alone");
        }
        return asked;
    }

    private static boolean flag(String name, boolean otherwise, JsonObject json, String id) throws BadCall {
        if (!json.has(name)) {
            return otherwise;
        }
        if (json.get(name) instanceof JsonPrimitive value && value.isBoolean()) {
            return value.getAsBoolean();
        }
        throw new BadCall(id, ErrorCode.BAD_REQUEST, "'" + name + "' must be true or false");
    }

    private static Optional<GenerationId> to(JsonObject json, String id) throws BadCall {
        if (!json.has("to")) {
            return Optional.empty();
        }
        if (!json.has("service")) {
            throw new BadCall(id, ErrorCode.BAD_REQUEST, "'to' needs the field 'service'");
        }
        if (json.get("to") instanceof JsonPrimitive value && value.isNumber()) {
            try {
                return Optional.of(new GenerationId(value.getAsBigDecimal().intValueExact()));
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw new BadCall(id, ErrorCode.BAD_REQUEST, "'to' must be a generation's number, not " + value);
            }
        }
        throw new BadCall(id, ErrorCode.BAD_REQUEST, "'to' is not a number");
    }

    private static IfBusy busy(JsonObject json, String id) throws BadCall {
        if (!json.has("if_busy")) {
            return IfBusy.WAIT;
        }
        String word = string(json, "if_busy", id);
        for (IfBusy one : IfBusy.values()) {
            if (Wire.name(one).equals(word)) {
                return one;
            }
        }
        throw new BadCall(id, ErrorCode.BAD_REQUEST, "'if_busy' must be wait, replace or refuse, not '" + word + "'");
    }

    private static Reading reading(JsonObject json, String id) throws BadCall {
        try {
            return Reading.read(json);
        } catch (IllegalArgumentException e) {
            throw new BadCall(id, ErrorCode.BAD_REQUEST, String.valueOf(e.getMessage()));
        }
    }

    private static CanaryOrder canary(JsonObject json, String id) throws BadCall {
        try {
            return CanaryField.read(json);
        } catch (IllegalArgumentException e) {
            throw new BadCall(id, ErrorCode.BAD_REQUEST, String.valueOf(e.getMessage()));
        }
    }

    private static Optional<SignalFields> signal(JsonObject json, Verb verb, String id) throws BadCall {
        try {
            return verb == Verb.SIGNAL ? Optional.of(SignalFields.read(json)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            throw new BadCall(id, ErrorCode.BAD_REQUEST, String.valueOf(e.getMessage()));
        }
    }

    private static Optional<HoldFields> hold(JsonObject json, Verb verb, String id) throws BadCall {
        try {
            return verb == Verb.HOLD ? Optional.of(HoldFields.read(json)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            throw new BadCall(id, ErrorCode.BAD_REQUEST, String.valueOf(e.getMessage()));
        }
    }

    private static Optional<Integer> workers(JsonObject json, Verb verb, String id) throws BadCall {
        if (verb == Verb.SCALE && !json.has("workers")) {
            throw new BadCall(id, ErrorCode.BAD_REQUEST, "'scale' needs the field 'workers'");
        }
        try {
            return NumberField.read(json, "workers", ServiceSpec.MOST_WORKERS);
        } catch (IllegalArgumentException e) {
            throw new BadCall(id, ErrorCode.BAD_REQUEST, String.valueOf(e.getMessage()));
        }
    }

    private static String string(JsonObject json, String name, @Nullable String id) throws BadCall {
        if (json.get(name) instanceof JsonPrimitive value && value.isString()) {
            return value.getAsString();
        }
        throw new BadCall(
                id, ErrorCode.BAD_REQUEST, "'" + name + "' is " + (json.has(name) ? "not a string" : "missing"));
    }
}
