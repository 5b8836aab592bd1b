package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Memory.GivenUp;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.Memory.Stopped;
import dev.handover.supervisor.terms.PastReload;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.Difference;
import dev.handover.supervisor.terms.Report.Difference.Workers;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Totals;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All services that there are, and those that are gone but for their numbering. */
final class Services {
    private final TreeMap<ServiceName, Service> all = new TreeMap<>();

    /** The service, made if there has been none of the name. */
    Service service(ServiceName name) {
        return all.computeIfAbsent(name, absent -> new Service(absent, null));
    }

    /** Has a service whose numbering goes on from an earlier supervisor's. */
    void goOn(ServiceName name, GenerationId newest) {
        all.put(name, new Service(name, newest));
    }

    Optional<Service> find(ServiceName name) {
        return Optional.ofNullable(all.get(name));
    }

    Collection<Service> all() {
        return List.copyOf(all.values());
    }

    /** Those that are not removed, or not yet. */
    Stream<Service> known() {
        return all.values().stream().filter(service -> !service.isRemoved());
    }

    /** The one that is asked for, or all. */
    Stream<Service> known(Optional<ServiceName> asked) {
        return known().filter(service -> asked.isEmpty() || asked.get().equals(service.name()));
    }

    boolean isKnown(ServiceName name) {
        return known(Optional.of(name)).findAny().isPresent();
    }

    /** The known ones, for people. */
    String names() {
        return names(known().toList());
    }

    /** For people. */
    static String names(List<Service> some) {
        return some.stream().map(service -> service.name().toString()).collect(Collectors.joining(", "));
    }

    void refuseUnknown(RequestId id, ServiceName name, Turn turn) {
        turn.refuse(id, Reply.Reason.UNKNOWN_SERVICE, "there is no service " + name + "; there is " + names());
    }

    /** What a reload of this configuration would change; a service that is stopped on request waits for its start. */
    Difference difference(Configuration file) {
        TreeSet<ServiceName> added = new TreeSet<>(file.services().keySet());
        List<ServiceName> changed = new ArrayList<>();
        List<ServiceName> removed = new ArrayList<>();
        List<Workers> workers = new ArrayList<>();
        known().forEach(service -> {
            ServiceSpec now = file.services().get(service.name());
            added.remove(service.name());
            if (now == null) {
                removed.add(service.name());
            } else if (service.startedFrom().filter(spec -> !spec.equals(now)).isPresent()) {
                changed.add(service.name());
            }
            Optional.ofNullable(now).flatMap(service::servesWithOther).ifPresent(workers::add);
        });
        return new Difference(changed, List.copyOf(added), removed, workers);
    }

    /**
     * Who would listen where.
     *
     * @param start whether services that are stopped start, too
     */
    Moves moves(Configuration next, Set<ServiceName> concerned, boolean start) {
        Map<ServiceName, List<ListenAddress>> before = new TreeMap<>();
        all.forEach((name, service) -> before.put(name, service.listen()));
        Map<ServiceName, List<ListenAddress>> after = new TreeMap<>(before);
        for (ServiceName name : concerned) {
            ServiceSpec spec = next.services().get(name);
            boolean stopped = spec == null || (!start && waitsForStart(name, spec));
            after.put(name, spec == null || stopped ? List.of() : spec.listen());
        }
        return new Moves(before, after);
    }

    /** Who would listen where, if one were rolled back. */
    Moves movesBack(Service service) {
        Map<ServiceName, List<ListenAddress>> before = new TreeMap<>();
        all.forEach((name, each) -> before.put(name, each.listen()));
        Map<ServiceName, List<ListenAddress>> after = new TreeMap<>(before);
        after.put(service.name(), service.listenBack());
        return new Moves(before, after);
    }

    boolean waitsForStart(ServiceName name, ServiceSpec spec) {
        return find(name).map(service -> service.waitsForStart(spec)).orElse(!spec.autostart());
    }

    /** What the next supervisor is to know. */
    Memory remember() {
        SortedMap<ServiceName, GenerationId> newest = new TreeMap<>();
        SortedMap<ServiceName, Stopped> stopped = new TreeMap<>();
        SortedMap<ServiceName, LastReload> reloads = new TreeMap<>();
        SortedMap<ServiceName, GivenUp> givenUp = new TreeMap<>();
        SortedMap<ServiceName, List<PastReload>> history = new TreeMap<>();
        SortedMap<ServiceName, Totals> totals = new TreeMap<>();
        List<Remembered> generations = new ArrayList<>();
        all.forEach((name, service) -> {
            service.newest().ifPresent(id -> newest.put(name, id));
            service.absence().stopped().ifPresent(request -> stopped.put(name, request));
            service.lastReload().filter(reload -> !service.isRemoved()).ifPresent(reload -> reloads.put(name, reload));
            service.absence().givenUp().ifPresent(how -> givenUp.put(name, how));
            if (!service.isRemoved() && !service.history().list().isEmpty()) {
                history.put(name, service.history().list());
            }
            if (!service.isRemoved() && !service.totals().equals(Totals.NONE)) {
                totals.put(name, service.totals());
            }
            generations.addAll(service.remember());
        });
        return new Memory(newest, generations, stopped, reloads, givenUp, history, totals);
    }

    /** One phrase for each. */
    String summary() {
        return known().map(Service::summary).collect(Collectors.joining("; "));
    }
}
