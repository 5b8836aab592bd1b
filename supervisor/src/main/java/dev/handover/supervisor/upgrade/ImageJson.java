package dev.handover.supervisor.upgrade;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.linux.Image;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An {@link Image} as JSON. Words and variables are bytes, and each byte is a character of the same number. */
final class ImageJson {
    private static final int HEXADECIMAL = 16;

    private ImageJson() {}

    static JsonObject write(Image image) {
        JsonObject json = new JsonObject();
        json.addProperty("file", image.file().toString());
        json.add("words", array(image.words()));
        json.add("environment", array(image.environment()));
        json.addProperty("blocked", Long.toHexString(image.blocked()));
        return json;
    }

    private static JsonArray array(List<CString> strings) {
        JsonArray array = new JsonArray();
        strings.forEach(each -> array.add(new String(each.bytes(), StandardCharsets.ISO_8859_1)));
        return array;
    }

    /** @throws RuntimeException if it is none: {@link Json#read} makes a message of it */
    static Image read(JsonObject json) {
        return new Image(
                Path.of(json.get("file").getAsString()),
                strings(json.getAsJsonArray("words")),
                strings(json.getAsJsonArray("environment")),
                Long.parseUnsignedLong(json.get("blocked").getAsString(), HEXADECIMAL));
    }

    private static List<CString> strings(JsonArray array) {
        List<CString> strings = new ArrayList<>();
        for (JsonElement each : array) {
            strings.add(CString.of(each.getAsString().getBytes(StandardCharsets.ISO_8859_1)));
        }
        return strings;
    }
}
