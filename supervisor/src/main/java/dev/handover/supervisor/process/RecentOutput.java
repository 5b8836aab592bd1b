package dev.handover.supervisor.process;

import dev.handover.supervisor.lines.Newest;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.WorkerId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the workers of each service wrote last, for who asks this supervisor. It is in memory alone: the next one begins with
 * what is written then.
 */
public final class RecentOutput {
    /** Of each service, in characters. */
    public static final long KEPT = 1 << 17;

    /** A service beyond takes the place of the one that has been silent for the longest. */
    public static final int MOST_SERVICES = 64;

    private final Map<ServiceName, Newest<OutputLine>> services = new LinkedHashMap<>(MOST_SERVICES, 0.75f, true);

    public void add(WorkerId worker, String text) {
        of(worker.service()).add(new OutputLine(Instant.now().truncatedTo(ChronoUnit.MILLIS), worker, text));
    }

    /** What a service's workers wrote last, and what they write. */
    public synchronized Newest<OutputLine> of(ServiceName service) {
        Newest<OutputLine> lines = services.computeIfAbsent(service, unused -> new Newest<>(KEPT, OutputLine::size));
        if (services.size() > MOST_SERVICES) {
            services.remove(services.keySet().iterator().next());
        }
        return lines;
    }

    /** Whether any worker of a service has written something, as far as that is kept. */
    public synchronized boolean knows(ServiceName service) {
        return services.containsKey(service);
    }
}
