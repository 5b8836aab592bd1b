package dev.handover.supervisor.cli;

import dev.handover.supervisor.control.Verb;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Served;
import dev.handover.supervisor.terms.ServiceSpec;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a supervisor that runs would change by a reload of a configuration, and what is easily overlooked: addresses that nobody will
 * serve any more, and numbers of workers.
 */
final class AfterReload {
    private AfterReload() {}

    /** Asks the supervisor on the configuration's control socket; returns a sentence for each. */
    static List<String> of(Configuration next) {
        try (SupervisorConnection connection = SupervisorConnection.open(next.control())) {
            Json status = new Conversation(connection)
                    .ask(new Invocation(Verb.STATUS, next.control(), false, null, true, null), unseen())
                    .result();
            if (status == null) {
                return List.of();
            }
            List<String> all = new ArrayList<>(unserved(status, next));
            all.addAll(resized(status, next));
            return all;
        } catch (NotRunning nobody) {
            return List.of();
        } catch (Failure unanswered) {
            return List.of("what runs now can't be compared with: " + unanswered.getMessage());
        }
    }

    private static Steps unseen() {
        return new PlainSteps(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    }

    private static List<String> unserved(Json status, Configuration next) {
        Served served = new Served(next.services().values().stream()
                .flatMap(service -> service.listen().stream())
                .toList());
        List<String> all = new ArrayList<>();
        for (Json service : status.objects("services")) {
            Json steering = service.object("steering");
            for (Json group : steering == null ? List.<Json>of() : steering.objects("groups")) {
                ListenAddress address = ListenAddress.parse(group.text("address"));
                served.gap(address)
                        .ifPresent(gap -> all.add(gap.text(" any more after a reload") + ": "
                                + Texts.harmless(service.text("service")) + " does now"));
            }
        }
        return all;
    }

    /** By the workers of the generation that serves. */
    private static List<String> resized(Json status, Configuration next) {
        List<String> all = new ArrayList<>();
        for (Json service : status.objects("services")) {
            for (ServiceSpec spec : next.services().values()) {
                long running = service.text("service").equals(spec.name().value()) ? workers(service) : 0;
                if (running != 0 && running != spec.workers()) {
                    all.add(spec.name() + " runs with " + Texts.count(running, "worker") + " now, and with "
                            + spec.workers() + " after a reload");
                }
            }
        }
        return all;
    }

    private static long workers(Json service) {
        return service.objects("generations").stream()
                .filter(generation ->
                        service.has("serving") && generation.number("generation") == service.number("serving"))
                .mapToLong(generation -> generation.objects("workers").size())
                .sum();
    }
}
