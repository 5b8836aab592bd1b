package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/** Finds the listeners that a worker or a descendant of it holds for declared addresses. */
public final class ListenerProbe {
    private static final int ANY_PORT = 0;

    private final SockDiag sockets;

    public ListenerProbe(SockDiag sockets) {
        this.sockets = sockets;
    }

    /**
     * Looks once. Cheap while nothing listens on the ports: processes are only looked at when something does, and
     * descendants only when the worker itself lacks a declared listener.
     *
     * @param pid of the worker
     */
    public ListenerSearch search(long pid, Collection<ListenAddress> declared) throws IOException {
        return Objects.requireNonNull(
                search(List.of(pid), declared, socket -> true).get(pid));
    }

    /**
     * Looks once for several workers, at little more than the price of one.
     *
     * @param known sockets that need not be looked for; as soon as the workers' own processes hold all others and every
     *     declared listener, no descendant is looked at
     * @return by pid
     */
    public Map<Long, ListenerSearch> search(
            Collection<Long> pids, Collection<ListenAddress> declared, Predicate<SocketRow> known) throws IOException {
        Map<Long, SocketRow> candidates = new LinkedHashMap<>();
        for (ListenAddress address : declared) {
            sockets.listeners(address.transport(), address.port()).forEach(row -> candidates.put(row.inode(), row));
        }
        Map<Long, Belongings> found = new LinkedHashMap<>();
        for (long pid : pids) {
            found.put(pid, new Belongings(candidates));
        }
        if (!candidates.isEmpty()) {
            for (Map.Entry<Long, Belongings> worker : found.entrySet()) {
                worker.getValue().look(worker.getKey());
            }
            if (!isAll(found.values(), declared, known, candidates.values())) {
                for (Map.Entry<Long, List<Long>> family :
                        Processes.withDescendants(pids).entrySet()) {
                    for (long descendant : family.getValue()) {
                        Objects.requireNonNull(found.get(family.getKey())).look(descendant);
                    }
                }
            }
        }
        Map<Long, ListenerSearch> searches = new HashMap<>();
        found.forEach((pid, belongings) -> searches.put(pid, belongings.search(declared)));
        return searches;
    }

    private static boolean isAll(
            Collection<Belongings> found,
            Collection<ListenAddress> declared,
            Predicate<SocketRow> known,
            Collection<SocketRow> candidates) {
        return found.stream().allMatch(worker -> worker.search(declared).complete())
                && candidates.stream()
                        .filter(known.negate())
                        .allMatch(row -> found.stream().anyMatch(worker -> worker.has(row)));
    }

    /**
     * What a worker and its descendants listen on that is on none of the declared ports: a program that was told another
     * port than the configuration was. Dear, as it looks at all that listens in the network namespace, and says nothing of
     * processes that may not be read. UDP sockets count only where UDP is declared: any client has one.
     */
    public List<OwnedSocket> elsewhere(long pid, Collection<ListenAddress> declared) throws IOException {
        Map<Long, SocketRow> candidates = new LinkedHashMap<>();
        for (Transport transport : Transport.values()) {
            if (transport == Transport.TCP || declared.stream().anyMatch(address -> address.transport() == transport)) {
                sockets.listeners(transport, ANY_PORT).stream()
                        .filter(row -> declared.stream()
                                .noneMatch(address -> address.transport() == transport
                                        && address.port() == row.local().getPort()))
                        .forEach(row -> candidates.put(row.inode(), row));
            }
        }
        Belongings belongings = new Belongings(candidates);
        if (!candidates.isEmpty()) {
            for (long process : Processes.withDescendants(pid)) {
                belongings.look(process);
            }
        }
        return List.copyOf(belongings.owned.values());
    }

    /** What one worker, its descendants included, was seen to hold. */
    private static final class Belongings {
        private final Map<Long, SocketRow> candidates;
        private final Map<Long, OwnedSocket> owned = new LinkedHashMap<>();
        private final Set<Long> seen = new HashSet<>();
        private final List<Long> unreadable = new ArrayList<>();

        Belongings(Map<Long, SocketRow> candidates) {
            this.candidates = candidates;
        }

        void look(long process) throws IOException {
            if (!seen.add(process)) {
                return;
            }
            try {
                // A socket that a descendant inherited is the parent's too, and named with the parent.
                ProcessSockets.held(process, candidates.keySet())
                        .forEach((inode, fd) -> owned.putIfAbsent(
                                inode, new OwnedSocket(Objects.requireNonNull(candidates.get(inode)), process, fd)));
            } catch (AccessDeniedException e) {
                unreadable.add(process);
            }
        }

        boolean has(SocketRow row) {
            return owned.containsKey(row.inode());
        }

        ListenerSearch search(Collection<ListenAddress> declared) {
            Map<ListenAddress, List<OwnedSocket>> found = new HashMap<>();
            for (ListenAddress address : declared) {
                found.put(
                        address,
                        owned.values().stream()
                                .filter(one -> one.socket().serves(address))
                                .toList());
            }
            List<OwnedSocket> near = owned.values().stream()
                    .filter(one -> declared.stream().noneMatch(one.socket()::serves))
                    .toList();
            return new ListenerSearch(found, near, unreadable);
        }
    }
}
