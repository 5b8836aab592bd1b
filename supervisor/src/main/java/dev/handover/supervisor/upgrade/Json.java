package dev.handover.supervisor.upgrade;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.function.Function;

/** What one version of the supervisor leaves another to read; a key that the reader does not know is left alone. */
final class Json {
    private Json() {}

    /** @throws IOException if it is not what was expected, with a message for users */
    static <T> T read(String text, Function<JsonObject, T> reader) throws IOException {
        try {
            return reader.apply(JsonParser.parseString(text).getAsJsonObject());
        } catch (RuntimeException unexpected) { // Gson's for what is no JSON, and whatever a missing key leads to
            throw new IOException("it can't be understood: " + unexpected, unexpected);
        }
    }
}
