package dev.handover.supervisor.cli;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.handover.supervisor.terms.ControlCharacters;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON object of the supervisor's; fields that are missing read as empty, for a newer one may leave them out. */
final class Json {
    private final Map<String, Object> fields = new LinkedHashMap<>();

    Json() {}

    /** @throws IOException if the line is not a JSON object */
    static Json parse(String line) throws IOException {
        try {
            return object(new JsonReader(new StringReader(line)));
        } catch (IllegalStateException | NumberFormatException e) {
            throw new IOException("not the JSON that was expected: " + e.getMessage(), e);
        }
    }

    /** One line of JSON, without Gson's writer, which begins with three regular expressions. */
    static String line(Map<String, ?> fields) {
        StringBuilder text = new StringBuilder();
        append(fields, text);
        return text.append('\n').toString();
    }

    /** The one line that says why there is nothing else to print. */
    static String failure(ExitCode code, String message) {
        return failure(code.number(), message);
    }

    /** The same where the exit code is none of the supervisor's. */
    static String failure(int code, String message) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("exit_code", (long) code);
        error.put("message", message);
        return line(Map.of("error", error));
    }

    /** Booleans, whole numbers, maps and lists as such, everything else as a string. */
    private static void append(Object value, StringBuilder text) {
        if (value instanceof Map<?, ?> fields) {
            char separator = '{';
            for (Map.Entry<?, ?> field : fields.entrySet()) {
                append(field.getKey(), text.append(separator));
                append(field.getValue(), text.append(':'));
                separator = ',';
            }
            text.append('}');
        } else if (value instanceof List<?> elements) {
            char separator = '[';
            for (Object element : elements) {
                append(element, text.append(separator));
                separator = ',';
            }
            text.append(elements.isEmpty() ? "[]" : "]");
        } else if (value instanceof Boolean || value instanceof Long) {
            text.append(value);
        } else {
            quote(value.toString(), text);
        }
    }

    private static void quote(String value, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < value.length(); ) {
            int next = value.codePointAt(i);
            if (next == '"' || next == '\\') {
                text.append('\\').appendCodePoint(next);
            } else if (ControlCharacters.isOne(next)) {
                ControlCharacters.escape(next, text);
            } else {
                text.appendCodePoint(next);
            }
            i += Character.charCount(next);
        }
        text.append('"');
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    String text(String name) {
        return fields.get(name) instanceof String text ? text : "";
    }

    /** The number as it stands there; "-" where there is none. */
    String numberText(String name) {
        return has(name) ? Long.toString(number(name)) : "-";
    }

    long number(String name) {
        return fields.get(name) instanceof Long number ? number : 0;
    }

    boolean flag(String name) {
        return fields.get(name) instanceof Boolean flag && flag;
    }

    /** @return null where the field is missing or not an object */
    @Nullable
    Json object(String name) {
        return fields.get(name) instanceof Json object ? object : null;
    }

    /** The object; an empty one where the field is missing or none. */
    Json field(String name) {
        Json there = object(name);
        return there == null ? new Json() : there;
    }

    List<Json> objects(String name) {
        List<Json> objects = new ArrayList<>();
        for (Object element : elements(name)) {
            if (element instanceof Json object) {
                objects.add(object);
            }
        }
        return objects;
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (Object element : elements(name)) {
            texts.add(element.toString());
        }
        return texts;
    }

    private List<?> elements(String name) {
        return fields.get(name) instanceof List<?> list ? list : List.of();
    }

    private static Json object(JsonReader reader) throws IOException {
        Json json = new Json();
        reader.beginObject();
        while (reader.hasNext()) {
            String name = reader.nextName();
            Object value = value(reader);
            if (value != null) {
                json.fields.put(name, value);
            }
        }
        reader.endObject();
        return json;
    }

    private static @Nullable Object value(JsonReader reader) throws IOException {
        JsonToken next = reader.peek();
        if (next == JsonToken.BEGIN_OBJECT) {
            return object(reader);
        }
        if (next == JsonToken.BEGIN_ARRAY) {
            List<Object> list = new ArrayList<>();
            reader.beginArray();
            while (reader.hasNext()) {
                Object element = value(reader);
                if (element != null) {
                    list.add(element);
                }
            }
            reader.endArray();
            return list;
        }
        if (next == JsonToken.STRING) {
            return reader.nextString();
        }
        if (next == JsonToken.NUMBER) {
            return Long.valueOf(reader.nextLong());
        }
        if (next == JsonToken.BOOLEAN) {
            return Boolean.valueOf(reader.nextBoolean());
        }
        reader.skipValue();
        return null;
    }
}
