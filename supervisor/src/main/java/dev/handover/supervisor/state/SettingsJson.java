package dev.handover.supervisor.state;

import com.google.gson.JsonObject;
import dev.handover.supervisor.terms.LogSpec;
import dev.handover.supervisor.terms.ProcessSettings;
import dev.handover.supervisor.terms.Resource;
import dev.handover.supervisor.terms.StartShare;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** {@link ProcessSettings} in the state file; what is missing is inherited. */
final class SettingsJson {
    private static final String UNLIMITED = "unlimited";

    private SettingsJson() {}

    static JsonObject write(ProcessSettings settings) {
        JsonObject limits = new JsonObject();
        settings.limits()
                .forEach((resource, limit) -> limits.addProperty(
                        resource.toString(), limit.isPresent() ? Long.toString(limit.getAsLong()) : UNLIMITED));
        JsonObject json = new JsonObject();
        settings.umask().ifPresent(umask -> json.addProperty("umask", umask));
        settings.nice().ifPresent(nice -> json.addProperty("nice", nice));
        json.addProperty("startShare", settings.startShare().name());
        settings.user().ifPresent(user -> json.addProperty("user", user));
        settings.group().ifPresent(group -> json.addProperty("group", group));
        json.add("limits", limits);
        settings.log().ifPresent(log -> json.add("log", write(log)));
        return json;
    }

    private static JsonObject write(LogSpec log) {
        JsonObject json = new JsonObject();
        json.addProperty("file", log.file().toString());
        log.size().ifPresent(size -> json.addProperty("size", size));
        json.addProperty("keep", log.keep());
        json.addProperty("prefix", log.prefix());
        json.addProperty("stderr", log.stderr());
        return json;
    }

    private static Optional<LogSpec> log(Fields settings) throws UnreadableState {
        if (!settings.has("log")) {
            return Optional.empty();
        }
        Fields json = settings.table("log");
        return Optional.of(new LogSpec(
                json.read("file", Path::of),
                json.has("size") ? OptionalLong.of(json.number("size")) : OptionalLong.empty(),
                json.integer("keep"),
                json.flag("prefix"),
                json.flag("stderr")));
    }

    static ProcessSettings read(Fields json) throws UnreadableState {
        Map<Resource, OptionalLong> limits = new EnumMap<>(Resource.class);
        Fields table = json.table("limits");
        for (String name : table.keys()) {
            limits.put(resource(name), table.read(name, SettingsJson::limit));
        }
        try {
            return new ProcessSettings(
                    number(json, "umask"),
                    number(json, "nice"),
                    json.read("startShare", StartShare::valueOf, StartShare.LOW),
                    limits,
                    text(json, "user"),
                    text(json, "group"),
                    log(json));
        } catch (IllegalArgumentException bad) {
            throw new UnreadableState("settings: " + bad.getMessage());
        }
    }

    private static Resource resource(String name) throws UnreadableState {
        try {
            return Resource.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw new UnreadableState("settings.limits: nothing is called '" + name + "'");
        }
    }

    private static OptionalLong limit(String text) {
        return text.equals(UNLIMITED) ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    }

    private static Optional<String> text(Fields json, String key) throws UnreadableState {
        return json.has(key) ? Optional.of(json.text(key)) : Optional.empty();
    }

    private static OptionalInt number(Fields json, String key) throws UnreadableState {
        return json.has(key) ? OptionalInt.of(json.integer(key)) : OptionalInt.empty();
    }
}
