package dev.handover.supervisor.cli;

import dev.handover.supervisor.control.Verb;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Served;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Addresses that a supervisor which runs serves now, and that nobody will once it has read a new configuration. */
final class Unserved {
    private Unserved() {}

    /** Asks the supervisor on the configuration's control socket; returns a sentence for each such address. */
    static List<String> of(Configuration next) {
        try (SupervisorConnection connection = SupervisorConnection.open(next.control())) {
            Json status = new Conversation(connection)
                    .ask(new Invocation(Verb.STATUS, next.control(), false, null, true, null), unseen())
                    .result();
            return status == null ? List.of() : given(status, next);
        } catch (NotRunning nobody) {
            return List.of();
        } catch (Failure unanswered) {
            return List.of("what runs now can't be compared with: " + unanswered.getMessage());
        }
    }

    private static Steps unseen() {
        return new PlainSteps(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    }

    private static List<String> given(Json status, Configuration next) {
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
}
