package dev.handover.supervisor.terms;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A checked configuration.
 *
 * @param control the control socket's path, absolute; fixed while the supervisor runs
 * @param state the folder of what must outlive the supervisor, absolute; fixed while it runs
 * @param services at least one
 */
public record Configuration(Path control, Path state, SortedMap<ServiceName, ServiceSpec> services) {
    public Configuration {
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
}
