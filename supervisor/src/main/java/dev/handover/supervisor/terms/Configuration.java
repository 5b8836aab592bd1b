package dev.handover.supervisor.terms;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A checked configuration.
 *
 * @param control the control socket's path, absolute; fixed while the supervisor runs
 * @param state the folder of what must outlive the supervisor, absolute; fixed while it runs
 * @param monitorGroup a group that may ask for what is only read, by name or number; fixed while the supervisor runs
 * @param http where HTTP is answered; nowhere where empty
 * @param notifications who is told of what happens, in the order of the file; each of another name
 * @param services at least one
 */
public record Configuration(
        Path control,
        Path state,
        Optional<String> monitorGroup,
        Optional<HttpSpec> http,
        List<NotifySpec> notifications,
        SortedMap<ServiceName, ServiceSpec> services) {
    public Configuration {
        notifications = List.copyOf(notifications);
        services = Collections.unmodifiableSortedMap(new TreeMap<>(services));
        if (services.isEmpty()) {
            throw new IllegalArgumentException("a configuration has at least one service");
        }
        for (Map.Entry<ServiceName, ServiceSpec> service : services.entrySet()) {
            if (!service.getKey().equals(service.getValue().name())) {
                throw new IllegalArgumentException(service.getValue().name() + " stands under " + service.getKey());
            }
        }
    }

    /** One without a group that monitors, and without HTTP, of which nobody is told anything. */
    public Configuration(Path control, Path state, SortedMap<ServiceName, ServiceSpec> services) {
        this(control, state, Optional.empty(), Optional.empty(), List.of(), services);
    }
}
