package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.ListenerSearch;
import dev.handover.supervisor.linux.OwnedSocket;
import dev.handover.supervisor.linux.ProcessStat;
import dev.handover.supervisor.linux.SocketRow;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.QuicSpec;
import dev.handover.supervisor.terms.QuicTag;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** One service's members in the groups of all, and the finding and holding of its workers' listeners. For one thread. */
final class Roster {
    private final ServiceName service;
    private final Groups groups;
    private final Kernel kernel;
    private final Map<GenerationId, QuicSpec> quic = new HashMap<>();

    Roster(ServiceName service, Groups groups, Kernel kernel) {
        this.service = service;
        this.groups = groups;
        this.kernel = kernel;
    }

    /** How a generation tells its QUIC connections apart, if it does; to be said before any of it is held. */
    void tells(GenerationId generation, Optional<QuicSpec> how) {
        how.ifPresent(spec -> quic.put(generation, spec));
    }

    /** Nothing of a generation will be held any more. */
    void forget(GenerationId generation) {
        quic.remove(generation);
    }

    private Optional<QuicTag> tag(WorkerId worker, ListenAddress address) {
        return address.transport() == Transport.UDP
                ? Optional.ofNullable(quic.get(worker.generation())).map(spec -> QuicTag.of(worker, spec))
                : Optional.empty();
    }

    /**
     * What was found of some workers.
     *
     * @param members by their groups' addresses, in the workers' order; held, newly or since before
     * @param fresh those of them that were not held before
     * @param misfits words about sockets that no client would reach
     */
    record Found(Map<ListenAddress, List<Member>> members, List<Member> fresh, List<String> misfits) {}

    /**
     * Holds all that the workers and their descendants have.
     *
     * @throws IOException if a listener can't be seen or held; none is, then, that was not before
     */
    Found hold(Map<WorkerId, ProcessId> workers, List<ListenAddress> listen) throws IOException {
        return hold(workers, listen, socket -> isOfOthers(socket, workers.keySet()));
    }

    /** Holds what the worker itself has, and leaves descendants out unless it lacks some; quick. */
    Found holdOwn(WorkerId worker, ProcessId process, List<ListenAddress> listen) throws IOException {
        return hold(Map.of(worker, process), listen, socket -> true);
    }

    private Found hold(Map<WorkerId, ProcessId> workers, List<ListenAddress> listen, Predicate<SocketRow> known)
            throws IOException {
        Found found = new Found(new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>());
        try {
            Map<Long, ListenerSearch> searches =
                    kernel.search(workers.values().stream().map(ProcessId::pid).toList(), listen, known);
            for (Map.Entry<WorkerId, ProcessId> worker : workers.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .toList()) {
                ProcessId process = worker.getValue();
                ListenerSearch search = Objects.requireNonNull(searches.get(process.pid()));
                hold(worker.getKey(), process, listen, search, found);
            }
            return found;
        } catch (IOException e) {
            drop(found.fresh());
            throw e;
        }
    }

    private boolean isOfOthers(SocketRow socket, Set<WorkerId> workers) {
        return groups.all().stream()
                .flatMap(group -> group.held(socket.cookie()).stream())
                .anyMatch(member -> !workers.contains(member.worker()));
    }

    private void hold(WorkerId worker, ProcessId process, List<ListenAddress> listen, ListenerSearch search, Found into)
            throws IOException {
        if (search.isUnknown()) {
            throw new IOException(search.explanation());
        }
        for (ListenAddress address : listen) {
            Fitness.misfit(worker, process, address, search).ifPresent(into.misfits()::add);
            for (OwnedSocket socket : search.found().getOrDefault(address, List.of())) {
                SteeredGroup group = groups.at(socket.socket().groupOf(address));
                Optional<Member> known = group.held(socket.socket().cookie());
                if (known.isPresent() && known.get().isOrphan()) {
                    continue; // It was passed to this worker.
                }
                Member member = known.isPresent()
                        ? known.get()
                        : new Member(
                                worker, process, kernel.hold(socket, group.address()), tag(worker, address), kernel);
                member.ownedBy(owner(socket, process), socket.fd());
                if (known.isEmpty()) {
                    group.hold(member);
                    into.fresh().add(member);
                }
                List<Member> here = into.members().computeIfAbsent(group.address(), one -> new ArrayList<>());
                if (!here.contains(member)) {
                    here.add(member);
                }
            }
        }
    }

    /** One that has gone since it was found has the identity of none that runs. */
    private ProcessId owner(OwnedSocket socket, ProcessId worker) {
        return socket.pid() == worker.pid()
                ? worker
                : new ProcessId(
                        socket.pid(),
                        kernel.stat(socket.pid()).map(ProcessStat::startTicks).orElse(0L));
    }

    /** Those in which it has a listener. */
    List<SteeredGroup> groups() {
        return groups.all().stream()
                .filter(group -> !members(group, member -> true).isEmpty())
                .toList();
    }

    /** Those at these addresses that lead new connections to some service, whichever that is. */
    List<SteeredGroup> serving(List<ListenAddress> listen) {
        return listen.stream()
                .flatMap(ListenAddress::groups)
                .flatMap(address -> groups.known(address).stream())
                .filter(group -> !group.serving().isEmpty())
                .toList();
    }

    /** The service's own in a group. */
    List<Member> members(SteeredGroup group, Predicate<Member> which) {
        return group.members(member -> isOwn(member) && which.test(member));
    }

    boolean isOwn(Member member) {
        return member.worker().service().equals(service);
    }

    /** Whether new connections there go to another service. */
    boolean isTaken(SteeredGroup group) {
        return group.serving().stream().anyMatch(member -> !isOwn(member));
    }

    SteeredGroup group(ListenAddress address) {
        return groups.at(address);
    }

    /** Those of them whose group has no program, so that the kernel's hash leads clients to whoever listens. */
    void dropUnsteered(List<Member> members) {
        drop(members.stream()
                .filter(member -> group(member.listener().address()).serving().isEmpty())
                .toList());
    }

    void drop(List<Member> members) {
        for (Member one : members) {
            group(one.listener().address()).drop(List.of(one));
        }
        forgetEmpty();
    }

    void forgetEmpty() {
        groups.forgetEmpty();
    }
}
