package dev.handover.supervisor.witness;

import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.ProcessSockets;
import dev.handover.supervisor.linux.ProcessStat;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.linux.SocketOwners;
import dev.handover.supervisor.linux.SocketRow;
import dev.handover.supervisor.linux.SocketState;
import dev.handover.supervisor.linux.TcpFigures;
import dev.handover.supervisor.linux.TcpSight;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who holds which connection: the rows of a list against the descriptors of processes. A connection keeps its inode when it
 * is passed on, so who has been found is found for good. For one thread.
 */
final class Census {
    /** Connections that a process can still do something with; also those that the client has closed or half closed. */
    static final Set<SocketState> OPEN = EnumSet.of(
            SocketState.ESTABLISHED,
            SocketState.CLOSE_WAIT,
            SocketState.FIN_WAIT1,
            SocketState.FIN_WAIT2,
            SocketState.CLOSING,
            SocketState.LAST_ACK);

    private final SockDiag sockets;
    private final long now;
    private final Map<Long, Found> unowned = new HashMap<>();

    /** One that nobody was found to hold yet. */
    private record Found(long cookie, Tracked connection, Place place, int uid) {}

    Census(SockDiag sockets, long now) {
        this.sockets = sockets;
        this.now = now;
    }

    /** Takes one row of a place's list, unless no process has it. */
    void add(Place place, TcpSight row) {
        TcpFigures figures = row.figures();
        if (row.inode() != 0 && figures != null) {
            Tracked connection = new Tracked(row.inode(), row.addresses(), row.state(), figures, now);
            unowned.put(row.inode(), new Found(row.cookie(), connection, place, row.uid()));
        }
    }

    /**
     * Gives a worker what its processes hold.
     *
     * @throws java.nio.file.AccessDeniedException if the descriptors of one of them may not be read
     */
    void assign(DrainWatch watch) throws IOException {
        if (unowned.isEmpty()) {
            return;
        }
        for (long pid : watch.processes().running()) {
            ProcessSockets.held(pid, unowned.keySet()).forEach((inode, descriptor) -> {
                Found found = unowned.get(inode);
                if (found != null && watch.places().contains(found.place())) {
                    unowned.remove(inode);
                    found.connection().heldBy(new Holder(pid, descriptor));
                    watch.track(found.cookie(), found.connection());
                }
            });
        }
    }

    /**
     * Gives what lies between two processes, in the queue of a socket that it is passed on by, to one of these workers, and
     * tells it what others have that are no worker's. Who held what has ended while this looked is not known.
     */
    void assignStrays(Collection<DrainWatch> watches, Kin kin) throws LinuxException {
        int own = Processes.ownUid();
        // What another user's process has can't be seen, and is not a worker's of ours either.
        unowned.values().removeIf(found -> own != 0 && found.uid() != own);
        if (unowned.isEmpty()) {
            return;
        }
        Map<Long, Long> holders = SocketOwners.of(unowned.keySet(), kin::has);
        for (Map.Entry<Long, Long> one : holders.entrySet()) {
            Found found = unowned.remove(one.getKey());
            if (found != null && !kin.has(one.getValue())) {
                tellOfOutsider(one.getValue(), found, watches);
            }
        }
        for (Found found : unowned.values()) {
            if (!isHeld(found)) {
                found.connection().maybeAnothers();
            }
            watches.stream()
                    .filter(watch -> watch.places().contains(found.place()))
                    .findFirst()
                    .ifPresent(watch -> watch.track(found.cookie(), found.connection()));
        }
        unowned.clear();
    }

    private void tellOfOutsider(long pid, Found found, Collection<DrainWatch> watches) throws LinuxException {
        InetAddress local = found.connection().addresses().local();
        Optional<DrainWatch> served = watches.stream()
                .filter(watch -> watch.places().contains(found.place()) && watch.listensAt(found.place(), local))
                .findFirst();
        if (served.isPresent() && !isOfAnotherProgram(served.get(), found.place(), local)) {
            served.get().outsiderHolds(pid);
        }
    }

    /** Whether a listener of a more particular address has taken it, and not one of the worker's. */
    private boolean isOfAnotherProgram(DrainWatch watch, Place place, InetAddress local) throws LinuxException {
        return sockets.listeners(Transport.TCP, place.port()).stream()
                .filter(listener -> listener.local().getAddress().equals(local))
                .anyMatch(listener -> watch.listen().stream().noneMatch(listener::serves));
    }

    private boolean isHeld(Found found) throws LinuxException {
        return sockets.at(found.connection().addresses())
                .filter(there -> there.held() && there.cookie() == found.cookie())
                .isPresent();
    }

    /** Which of some inodes the worker's processes hold, each with one that does. */
    static Map<Long, Holder> heldBy(DrainWatch watch, Set<Long> inodes) throws IOException {
        Map<Long, Holder> held = new HashMap<>();
        for (long pid : watch.processes().running()) {
            ProcessSockets.held(pid, inodes)
                    .forEach((inode, descriptor) -> held.putIfAbsent(inode, new Holder(pid, descriptor)));
        }
        return held;
    }

    /**
     * What the worker's process is, where it has nothing to do with the service but that it started the program that has:
     * what a signal to it does is its own affair.
     *
     * @return empty where it is the program itself
     */
    String standsBetween(DrainWatch watch) throws IOException {
        Set<Long> inodes = new HashSet<>();
        watch.open().values().forEach(connection -> inodes.add(connection.inode()));
        for (Place place : watch.places()) {
            for (SocketRow row : sockets.listeners(Transport.TCP, place.port())) {
                inodes.add(row.inode());
            }
        }
        if (inodes.isEmpty() || !ProcessSockets.held(watch.pid(), inodes).isEmpty()) {
            return "";
        }
        List<Long> others = watch.processes().running().stream()
                .filter(pid -> pid != watch.pid())
                .toList();
        for (long other : others) {
            if (!ProcessSockets.held(other, inodes).isEmpty()) {
                return Processes.stat(watch.pid()).map(ProcessStat::command).orElse("");
            }
        }
        return "";
    }
}
