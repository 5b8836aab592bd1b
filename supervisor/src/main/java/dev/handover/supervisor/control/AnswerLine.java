package dev.handover.supervisor.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.Progress;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One line of the server's. Made on the core's thread, which must not wait; spelled out on the connection's own. */
record AnswerLine(JsonObject json) {

    byte[] bytes() {
        return Results.text(json).getBytes(StandardCharsets.UTF_8);
    }

    static AnswerLine accepted(String id, String text) {
        JsonObject event = new JsonObject();
        event.addProperty("accepted", text);
        return line(id, "event", event);
    }

    /** The last line of a request that does not wait. */
    static AnswerLine acceptedResult(String id, String text) {
        JsonObject result = new JsonObject();
        result.addProperty("accepted", text);
        return line(id, "result", result);
    }

    static AnswerLine progress(String id, Progress progress) {
        return event(id, ReportJson.progress(progress));
    }

    static AnswerLine event(String id, JsonObject event) {
        return line(id, "event", event);
    }

    static AnswerLine result(String id, JsonObject result) {
        return line(id, "result", result);
    }

    static AnswerLine error(@Nullable String id, ErrorCode code, String message) {
        return line(id, "error", errorObject(code, message));
    }

    static AnswerLine reply(String id, Reply reply) {
        JsonObject result = new JsonObject();
        if (reply instanceof Reply.Refused refused) {
            return error(id, ErrorCode.of(refused.reason()), refused.message());
        } else if (reply instanceof Reply.Reloaded reloaded) {
            return reloaded(id, reloaded.reports());
        } else if (reply instanceof Reply.Stopped stopped) {
            result.addProperty("service", stopped.service().value());
            stopped.drain().ifPresent(drain -> result.add("drain", ReportJson.drain(drain)));
        } else if (reply instanceof Reply.Started started) {
            result.addProperty("service", started.service().value());
            result.addProperty("generation", started.generation().number());
        } else if (reply instanceof Reply.HoldEnded hold) {
            result.addProperty("service", hold.service().value());
            result.addProperty("lasted_ms", hold.lasted().toMillis());
            result.addProperty("end", hold.end());
            result.addProperty("syns_dropped", hold.turnedAway());
        } else if (reply instanceof Reply.Signalled signalled) {
            return result(id, SignalledJson.of(signalled));
        } else if (reply instanceof Reply.Planned planned) {
            return result(id, PlanJson.of(planned));
        } else if (reply instanceof Reply.History history) {
            return result(id, Results.history(history));
        } else if (reply instanceof Reply.CanaryDecided decided) {
            result.addProperty("service", decided.service().value());
            result.addProperty("generation", decided.generation().number());
            result.addProperty("text", decided.text());
        } else if (reply instanceof Reply.Upgrading upgrading) {
            result.add("upgrade", ReportJson.upgrade(upgrading.upgrade()));
        }
        return line(id, "result", result);
    }

    private static AnswerLine reloaded(String id, List<ReloadReport> reports) {
        JsonArray reloads = new JsonArray();
        List<String> reasons = new ArrayList<>();
        ReloadOutcome worst = ReloadOutcome.COMPLETED;
        for (ReloadReport report : reports) {
            reloads.add(ReportJson.reload(report));
            if (report.outcome() != ReloadOutcome.COMPLETED) {
                reasons.add(report.service() + ": " + report.reason());
            }
            worst = worse(worst, report.outcome());
        }
        JsonObject body = switch (worst) {
            case COMPLETED -> new JsonObject();
            case FAILED -> errorObject(ErrorCode.FAILED, String.join("\n", reasons));
            case CANCELLED -> errorObject(ErrorCode.STOPPING, String.join("\n", reasons));
            case REPLACED -> errorObject(ErrorCode.REPLACED, String.join("\n", reasons));
        };
        body.add("reloads", reloads);
        return line(id, worst == ReloadOutcome.COMPLETED ? "result" : "error", body);
    }

    /** One request has one outcome: a failure says more than a cancellation, and that more than a replacement. */
    private static ReloadOutcome worse(ReloadOutcome one, ReloadOutcome other) {
        return badness(one) >= badness(other) ? one : other;
    }

    private static int badness(ReloadOutcome outcome) {
        return switch (outcome) {
            case COMPLETED -> 0;
            case REPLACED -> 1;
            case CANCELLED -> 2;
            case FAILED -> 3;
        };
    }

    private static JsonObject errorObject(ErrorCode code, String message) {
        JsonObject error = new JsonObject();
        error.addProperty("code", code.toString());
        error.addProperty("message", message);
        return error;
    }

    private static AnswerLine line(@Nullable String id, String kind, JsonObject body) {
        JsonElement idJson = id == null ? JsonNull.INSTANCE : new JsonPrimitive(id);
        JsonObject json = new JsonObject();
        json.add("id", idJson);
        json.add(kind, body);
        return new AnswerLine(json);
    }
}
