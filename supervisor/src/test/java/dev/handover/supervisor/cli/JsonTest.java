package dev.handover.supervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void anyTextComesBackAsItWas() throws IOException {
        StringBuilder all = new StringBuilder("\"\\ \u2028 \ud83d\ude00");
        for (char next = 0; next < 0x180; next++) {
            all.append(next);
        }
        String text = all.toString();
        String line = Json.line(Map.of("text", text));
        assertThat(line).endsWith("\n").hasLineCount(1);
        assertThat(Json.parse(line).text("text")).isEqualTo(text);
        assertThat(JsonParser.parseString(line).getAsJsonObject().get("text").getAsString())
                .isEqualTo(text);
    }

    @Test
    void otherValuesKeepTheirType() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("wait", false);
        fields.put("pid", 17L);
        fields.put("error", Map.of("message", "no"));
        assertThat(Json.line(fields)).isEqualTo("{\"wait\":false,\"pid\":17,\"error\":{\"message\":\"no\"}}\n");
    }

    @Test
    void whatIsMissingOrOfAnotherTypeReadsAsEmpty() throws IOException {
        Json json = Json.parse("{\"a\":null,\"b\":[1,\"x\",{\"c\":2},null,true],\"d\":1}");
        assertThat(json.text("a")).isEmpty();
        assertThat(json.has("a")).isFalse();
        assertThat(json.object("b")).isNull();
        assertThat(json.text("d")).isEmpty();
        assertThat(json.objects("b"))
                .singleElement()
                .satisfies(object -> assertThat(object.number("c")).isEqualTo(2));
        assertThat(json.texts("nowhere")).isEmpty();
        assertThat(json.numberText("nowhere")).isEqualTo("-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "7", "{", "{\"a\"", "{\"a\":1e999}", "{\"a\":0.5}", "hello"})
    void whatIsNoObjectOfTheProtocolIsRefused(String line) {
        assertThatThrownBy(() -> Json.parse(line)).isInstanceOf(IOException.class);
    }
}
