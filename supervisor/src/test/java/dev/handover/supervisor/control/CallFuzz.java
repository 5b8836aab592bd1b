package dev.handover.supervisor.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonParser;
import dev.handover.supervisor.fuzz.Bytes;

/** A line that a client of the control socket sends, and what it is answered. */
public final class CallFuzz {
    private CallFuzz() {}

    public static void fuzzerTestOneInput(byte[] line) {
        AnswerLine answer;
        try {
            Call call = Call.parse(line);
            answer = AnswerLine.accepted(call.id(), call.service().toString());
        } catch (BadCall bad) {
            answer = bad.answer();
        }
        String text = new String(answer.bytes(), UTF_8);
        Bytes.require(text.endsWith("\n"), "an answer is a line");
        Bytes.requireHarmless(text.substring(0, text.length() - 1));
        Bytes.require(JsonParser.parseString(text).isJsonObject(), "an answer is a JSON object");
    }
}
