package dev.handover.supervisor.steering;

import dev.handover.supervisor.steering.Standings.Standing;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has a service's new connections wait, whoever serves: its groups lead them to sealed listeners of this process's own. Those
 * are gone with this process, however it ends, and a program that names one that is gone leaves clients to the kernel's hash:
 * nobody waits longer than this process runs.
 *
 * <p>For one thread.
 */
final class OnHold {
    private final ServiceName service;
    private final Roster roster;
    private final Standings standings;
    private final Consumer<Event> inbox;
    private final Consumer<String> warnings;
    private final List<SteeredGroup> groups = new ArrayList<>();
    private @Nullable RequestId request;

    OnHold(ServiceName service, Roster roster, Standings standings, Consumer<Event> inbox, Consumer<String> warnings) {
        this.service = service;
        this.roster = roster;
        this.standings = standings;
        this.inbox = inbox;
        this.warnings = warnings;
    }

    void begin(RequestId asked, long now) {
        try {
            List<SteeredGroup> all = roster.groups().stream()
                    .filter(group -> !group.serving().isEmpty() && !roster.isTaken(group))
                    .toList();
            Optional<String> obstacle = obstacle(all);
            if (obstacle.isPresent()) {
                inbox.accept(new Event.NotPutOnHold(service, asked, obstacle.get()));
                return;
            }
            for (SteeredGroup group : all) {
                group.putOnHold();
                groups.add(group);
            }
            request = asked;
            inbox.accept(new Event.PutOnHold(service, asked));
        } catch (IOException e) {
            letIn(now);
            inbox.accept(new Event.NotPutOnHold(service, asked, Why.of(e)));
        }
    }

    private Optional<String> obstacle(List<SteeredGroup> all) {
        Optional<Standing> standing = standings.now();
        if (standing.isEmpty() || all.isEmpty()) {
            return Optional.of("no listener of it is steered to");
        }
        return standing.get().mode() == Mode.STEERED
                ? Optional.empty()
                : Optional.of("it is not steered: " + standing.get().why());
    }

    /** New connections go on, also where they did not wait. */
    void end(RequestId asked, long now) {
        request = null;
        inbox.accept(new Event.TakenOffHold(service, asked, letIn(now), ""));
    }

    /** Its groups are steered no more, and new connections wait no more. */
    void forget(String why, long now) {
        RequestId last = request;
        if (last != null) {
            request = null;
            inbox.accept(new Event.TakenOffHold(service, last, letIn(now), why));
        }
    }

    /** Returns how many packets were dropped meanwhile. */
    private long letIn(long now) {
        long turnedAway = 0;
        for (SteeredGroup group : groups) {
            try {
                turnedAway += group.takeOffHold(now);
            } catch (IOException e) {
                warnings.accept(service + ": new connections to " + group.address()
                        + " wait no more, and may go to any listener there: " + Why.of(e));
            }
        }
        groups.clear();
        return turnedAway;
    }
}
