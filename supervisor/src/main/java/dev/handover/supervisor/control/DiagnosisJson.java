package dev.handover.supervisor.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.handover.supervisor.doctor.Diagnosis;
import dev.handover.supervisor.doctor.Finding;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.ServiceStatus;
import dev.handover.supervisor.terms.StartShare;
import dev.handover.supervisor.terms.SteeringStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The doctor's diagnosis as {@code docs/control.md} shows it. */
public final class DiagnosisJson {
    private DiagnosisJson() {}

    /** Where no supervisor runs. */
    public static JsonObject of(Diagnosis diagnosis) {
        return of(diagnosis, new Reply.Status(List.of(), Optional.empty(), Map.of(), Map.of(), Map.of()));
    }

    /** @param status how the services are now, and are steered */
    static JsonObject of(Diagnosis diagnosis, Reply.Status status) {
        JsonArray services = new JsonArray();
        for (Diagnosis.OfService service : diagnosis.services()) {
            JsonObject one = new JsonObject();
            one.addProperty("service", service.service().value());
            one.addProperty("mode", Wire.name(service.mode()));
            if (!service.why().isEmpty()) {
                one.addProperty("why", service.why());
            }
            one.addProperty("as_configured", service.asConfigured());
            status.services().stream()
                    .filter(now -> now.service().equals(service.service()))
                    .forEach(now -> addState(now, one));
            SteeringStatus now = status.steering().get(service.service());
            if (now != null) {
                one.addProperty("running", Wire.name(now.mode()));
                if (!now.why().isEmpty()) {
                    one.addProperty("running_why", now.why());
                }
            }
            Stream<Finding> ofLog = Optional.ofNullable(status.logs().get(service.service())).stream()
                    .flatMap(log -> log.trouble().map(trouble -> Finding.ofLog(log.file(), trouble)).stream());
            one.add(
                    "findings",
                    findings(Stream.concat(service.findings().stream(), ofLog)
                            .distinct()
                            .toList()));
            services.add(one);
        }
        JsonObject json = new JsonObject();
        json.add("services", services);
        json.add("host", findings(diagnosis.host()));
        json.addProperty("starts", Wire.name(diagnosis.noLowStart().isEmpty() ? StartShare.LOW : StartShare.FULL));
        diagnosis.noLowStart().ifPresent(why -> json.addProperty("starts_why", why));
        json.addProperty("cgroups", diagnosis.cgroups().used());
        diagnosis.cgroups().why().ifPresent(why -> json.addProperty("cgroups_why", why));
        return json;
    }

    private static void addState(ServiceStatus status, JsonObject to) {
        to.addProperty("state", Wire.name(status.state()));
        if (!status.reason().isEmpty()) {
            to.addProperty("state_reason", status.reason());
        }
    }

    private static JsonArray findings(List<Finding> findings) {
        JsonArray json = new JsonArray();
        for (Finding finding : findings) {
            JsonObject one = new JsonObject();
            one.addProperty("text", finding.text());
            one.addProperty("advice", finding.advice());
            one.addProperty("command", finding.command());
            json.add(one);
        }
        return json;
    }
}
