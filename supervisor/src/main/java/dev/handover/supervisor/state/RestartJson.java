package dev.handover.supervisor.state;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.handover.supervisor.terms.RestartSpec;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** {@link RestartSpec} in the state file; what is missing is its default. */
final class RestartJson {
    private RestartJson() {}

    static JsonObject write(RestartSpec spec) {
        JsonArray expected = new JsonArray();
        spec.expectedExits().forEach(code -> expected.add(Integer.toString(code)));
        JsonObject json = new JsonObject();
        json.add("expectedExits", expected);
        spec.most().ifPresent(most -> json.addProperty("most", most));
        json.addProperty("within", spec.within().toString());
        return json;
    }

    static RestartSpec read(Fields json) throws UnreadableState {
        try {
            Set<Integer> expected = new TreeSet<>();
            for (String code : json.texts("expectedExits")) {
                expected.add(Integer.parseInt(code));
            }
            OptionalInt most = json.has("most") ? OptionalInt.of(json.integer("most")) : OptionalInt.empty();
            return new RestartSpec(expected, most, json.read("within", Duration::parse, RestartSpec.DEFAULT.within()));
        } catch (IllegalArgumentException bad) {
            throw new UnreadableState("restart: " + bad.getMessage());
        }
    }
}
