package dev.handover.supervisor.steering;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** Groups of a service in which another program than the supervisor's was found; each is named once. For one thread. */
final class Overruled {
    private final ServiceName service;
    private final Roster roster;
    private final Consumer<String> warnings;
    /** At the last look. */
    private final Set<ListenAddress> overruled = new HashSet<>();

    Overruled(ServiceName service, Roster roster, Consumer<String> warnings) {
        this.service = service;
        this.roster = roster;
        this.warnings = warnings;
    }

    /** Follows who comes and goes without a word, and sets the program again where it is another's. */
    void look() {
        for (SteeredGroup group : roster.groups()) {
            try {
                check(group);
            } catch (IOException e) {
                warnings.accept(service + ": " + group.address() + " may not be steered as it should: " + Why.of(e));
            }
        }
    }

    private void check(SteeredGroup group) throws IOException {
        if (group.checkProgram()) {
            overruled.remove(group.address());
        } else if (overruled.add(group.address())) {
            warnings.accept(service + ": another program than the supervisor's was the group's of " + group.address()
                    + ": a worker, or another process that listens there, has set it, and new connections went where"
                    + " that says; the supervisor's is set again, now and whenever that is seen");
        }
    }
}
