package dev.handover.chaos.faults;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the supervisor answered to one request.
 *
 * @param end how it ended: the reload's outcome, {@code done} where there is none, an error's code, or {@code unanswered}
 * @param verdict of its ledger; null where it had none
 * @param from the generation that served before; 0 where none is told
 * @param flippedAtSeconds null where no flip was told
 * @param text its reason, or why there is no answer
 */
record Answer(
        String method,
        double askedAtSeconds,
        double endedAtSeconds,
        String end,
        @Nullable String verdict,
        int from,
        @Nullable Double flippedAtSeconds,
        String text) {
    static final String DONE = "done";
    static final String UNANSWERED = "unanswered";

    static Answer read(String method, double askedAt, double endedAt, JsonObject line, @Nullable Double flippedAt) {
        JsonObject said = line.getAsJsonObject(line.has("result") ? "result" : "error");
        String end = line.has("result") ? DONE : said.get("code").getAsString();
        String text = said.has("message") ? said.get("message").getAsString() : "";
        if (!said.has("reloads")) {
            return new Answer(method, askedAt, endedAt, end, null, 0, flippedAt, text);
        }
        JsonObject reload = said.getAsJsonArray("reloads").get(0).getAsJsonObject();
        JsonElement ledger = reload.get("ledger");
        return new Answer(
                method,
                askedAt,
                endedAt,
                reload.get("outcome").getAsString(),
                ledger == null ? null : ledger.getAsJsonObject().get("verdict").getAsString(),
                reload.has("from") ? reload.get("from").getAsInt() : 0,
                flippedAt,
                reload.get("reason").getAsString());
    }

    boolean isLossless() {
        return "lossless".equals(verdict);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s asked for at %.3f s: %s%s%s",
                method,
                askedAtSeconds,
                end,
                verdict == null ? "" : ", " + verdict,
                text.isEmpty() ? "" : " (" + text.lines().findFirst().orElse("") + ")");
    }
}
