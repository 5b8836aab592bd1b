package dev.handover.chaos;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.time.Duration;

/** Records as JSON: durations are numbers of milliseconds. */
final class Json {
    private static final double NANOS_PER_MILLI = 1e6;

    private static final Gson GSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .registerTypeAdapter(Duration.class, new Millis().nullSafe())
            .create();

    private Json() {}

    static String write(Object value) {
        return GSON.toJson(value);
    }

    static <T> T read(String json, Class<T> type) {
        return GSON.fromJson(json, type);
    }

    private static final class Millis extends TypeAdapter<Duration> {
        @Override
        public void write(JsonWriter out, Duration value) throws IOException {
            out.value(value.toNanos() / NANOS_PER_MILLI);
        }

        @Override
        public Duration read(JsonReader in) throws IOException {
            return Duration.ofNanos(Math.round(in.nextDouble() * NANOS_PER_MILLI));
        }
    }
}
