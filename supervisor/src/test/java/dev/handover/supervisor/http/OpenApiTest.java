package dev.handover.supervisor.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.handover.supervisor.chronicle.ChronicleReader;
import dev.handover.supervisor.chronicle.Selection;
import dev.handover.supervisor.control.Results;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** Holds docs/openapi.yaml to what is answered. */
class OpenApiTest {
    private static final String SCHEMAS = "#/components/schemas/";

    private final Map<String, Object> document;

    OpenApiTest() throws IOException {
        document = new Yaml().load(Files.readString(Path.of("..", "docs", "openapi.yaml")));
    }

    @Test
    void describesEachPathThatThereIsAndNoOther() throws Exception {
        try (Site site = Site.of(new FakeSupervisor())) {
            assertThat(site.paths())
                    .containsExactlyInAnyOrderElementsOf(
                            table(document, "paths").keySet());
            for (String path : site.paths()) {
                Map<String, Object> get = table(table(table(document, "paths"), path), "get");
                Map<String, Object> content = table(table(table(get, "responses"), "200"), "content");
                Answer answer = site.answer(Question.of(path.replace("{service}", "web")));
                assertThat(answer.status()).as(path).isEqualTo(200);
                assertThat(content.keySet()).as(path).contains(answer.type().split(";")[0]);
            }
            assertThat(site.answer(Question.of("/api/openapi.yaml")).body())
                    .isEqualTo(Files.readAllBytes(Path.of("..", "docs", "openapi.yaml")));
        }
    }

    @Test
    void describesEachFieldOfWhatIsAnswered() throws Exception {
        try (Site site = Site.of(new FakeSupervisor())) {
            fits(json(site, "/api/v1/status"), "Status");
            fits(json(site, "/api/v1/history"), "History");
            fits(json(site, "/api/v1/services/web/history"), "History");
            assertThat(site.answer(Question.of("/api/v1/services/none/history")).status())
                    .isEqualTo(404);
            assertThat(site.answer(Question.of("/api/v1/services/web")).status())
                    .isEqualTo(404);
            assertThat(site.answer(Question.of("/api/v1/services//explain")).status())
                    .isEqualTo(404);
        }
    }

    @Test
    void describesEachFieldOfAnEvent() {
        FakeSupervisor supervisor = new FakeSupervisor();
        supervisor.happens("something");
        try (ChronicleReader reader = supervisor.chronicle().read(Selection.ALL, () -> {})) {
            fits(Results.forMonitors(reader.next().orElseThrow()), "Event");
        }
    }

    private static JsonElement json(Site site, String path) throws Unanswered {
        return JsonParser.parseString(new String(
                site.answer(Question.of(path.replace("{service}", "web"))).body(), StandardCharsets.UTF_8));
    }

    @Test
    void describesEachFieldOfAReloadAndHidesClientsAndWorkersWords() throws Exception {
        FakeSupervisor supervisor = new FakeSupervisor();
        supervisor.hasReloaded();
        try (Site site = Site.of(supervisor)) {
            JsonElement explained = json(site, "/api/v1/services/web/explain");
            fits(explained, "Explained");
            assertThat(explained.toString())
                    .contains("\"finished\":41")
                    .contains("\"rolled_back\"")
                    .doesNotContain("last_lines")
                    .doesNotContain("192.0.2.7");
        }
    }

    @Test
    void describesEachFieldThatControlMdShows() throws IOException {
        String shown = Files.readString(Path.of("..", "docs", "control.md"))
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("{") && line.contains("\"configuration\":"))
                .findFirst()
                .orElseThrow();
        fits(JsonParser.parseString(shown).getAsJsonObject().get("result"), "Status");
    }

    private void fits(JsonElement json, String schema) {
        fits(json, Map.of("$ref", SCHEMAS + schema), schema);
    }

    private void fits(JsonElement json, Map<String, Object> described, String at) {
        Map<String, Object> schema = described;
        if (described.get("$ref") instanceof String reference) {
            schema = table(table(table(document, "components"), "schemas"), reference.substring(SCHEMAS.length()));
        }
        if (json instanceof JsonObject object) {
            assertThat(schema.get("type")).as(at).isEqualTo("object");
            Map<String, Object> properties = table(schema, "properties");
            for (String name : object.keySet()) {
                assertThat(properties).as(at).containsKey(name);
                fits(object.get(name), table(properties, name), at + "." + name);
            }
            Object required = schema.get("required");
            if (required instanceof List<?> names) {
                assertThat(names).as(at).allMatch(name -> object.has(String.valueOf(name)));
            }
        } else if (json instanceof JsonArray array) {
            assertThat(schema.get("type")).as(at).isEqualTo("array");
            for (JsonElement element : array) {
                fits(element, table(schema, "items"), at + "[]");
            }
        } else {
            assertThat(schema.get("type")).as(at).isIn("string", "integer", "boolean");
            Object words = schema.get("enum");
            if (words instanceof List<?> list) {
                assertThat(list.contains(json.getAsString()))
                        .as(at + ": " + json)
                        .isTrue();
            }
        }
    }

    @SuppressWarnings("unchecked") // YAML's tables have strings for keys here
    private static Map<String, Object> table(Map<String, Object> from, String key) {
        return (Map<String, Object>) Objects.requireNonNull(from.get(key), key);
    }
}
