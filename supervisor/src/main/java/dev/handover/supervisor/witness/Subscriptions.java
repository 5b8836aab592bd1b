package dev.handover.supervisor.witness;

import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.SocketEnds;
import dev.handover.supervisor.linux.TcpSight;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What the kernel is asked to tell the ends of: the ports of all drains that are watched, each set of them once. */
final class Subscriptions implements AutoCloseable {
    private final Map<Set<Integer>, SocketEnds> byPorts = new HashMap<>();

    /** To be called before a census: an end between the two would be missed. */
    void open(DrainWatch watch) throws LinuxException {
        Set<Integer> ports = ports(watch);
        if (!ports.isEmpty() && !byPorts.containsKey(ports)) {
            byPorts.put(ports, SocketEnds.of(ports));
        }
    }

    private static Set<Integer> ports(DrainWatch watch) {
        return watch.places().stream().map(Place::port).collect(Collectors.toUnmodifiableSet());
    }

    Collection<SocketEnds> all() {
        return byPorts.values();
    }

    /**
     * Shows what has been told.
     *
     * @return the ports of which something was lost
     */
    List<Integer> read(Consumer<? super TcpSight> ended) throws LinuxException {
        List<Integer> lost = new ArrayList<>();
        for (Map.Entry<Set<Integer>, SocketEnds> one : byPorts.entrySet()) {
            if (!one.getValue().read(ended)) {
                lost.addAll(one.getKey());
            }
        }
        return lost;
    }

    /** Asks for no more than these need. */
    void keepFor(Collection<DrainWatch> watches) {
        Set<Set<Integer>> needed = watches.stream().map(Subscriptions::ports).collect(Collectors.toSet());
        byPorts.entrySet().removeIf(one -> {
            boolean idle = !needed.contains(one.getKey());
            if (idle) {
                one.getValue().close();
            }
            return idle;
        });
    }

    @Override
    public void close() {
        byPorts.values().forEach(SocketEnds::close);
        byPorts.clear();
    }
}
