package dev.handover.supervisor.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.handover.supervisor.terms.Reply.Signalled;

/** The answer to {@code signal}. */
final class SignalledJson {
    private SignalledJson() {}

    static JsonObject of(Signalled signalled) {
        JsonObject result = new JsonObject();
        result.addProperty("service", signalled.service().value());
        result.addProperty("generation", signalled.generation().number());
        result.addProperty("signal", signalled.signal().toString());
        result.addProperty("to", Wire.name(signalled.to()));
        JsonArray workers = new JsonArray();
        for (Signalled.Recipient recipient : signalled.recipients()) {
            JsonObject worker = new JsonObject();
            worker.addProperty("worker", recipient.worker().index());
            recipient.pid().ifPresent(pid -> worker.addProperty("pid", pid));
            worker.addProperty("sent", recipient.missed().isEmpty());
            recipient.missed().ifPresent(why -> worker.addProperty("why", why));
            workers.add(worker);
        }
        result.add("workers", workers);
        return result;
    }
}
