package dev.handover.supervisor.witness;

import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.linux.SocketState;
import dev.handover.supervisor.linux.TcpAddresses;
import dev.handover.supervisor.linux.TcpFigures;
import dev.handover.supervisor.witness.Evidence.First;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Connections that have been seen to end in one turn, and who ended them. For one thread. */
final class Endings {
    private static final int MOST_ASKED_ONE_BY_ONE = 200;

    /** What the kernel keeps of a connection that its own side ended first. */
    private static final Set<SocketState> KEPT =
            EnumSet.of(SocketState.TIME_WAIT, SocketState.FIN_WAIT1, SocketState.FIN_WAIT2, SocketState.CLOSING);

    private final SockDiag sockets;
    private final List<Ended> all = new ArrayList<>();
    private final Map<Long, Boolean> ending = new HashMap<>();

    private record Ended(DrainWatch watch, Tracked connection, TcpFigures figures) {}

    Endings(SockDiag sockets) {
        this.sockets = sockets;
    }

    void add(DrainWatch watch, Tracked connection, TcpFigures figures) {
        all.add(new Ended(watch, connection, figures));
        // At once: the sooner it is asked, the more surely an end before the exit is told from one by it.
        ending.computeIfAbsent(connection.holder(), Processes::isEnding);
    }

    /** Has each judged, by its watch. */
    void settle(long now) throws LinuxException {
        Set<TcpAddresses> kept = all.size() > MOST_ASKED_ONE_BY_ONE ? kept() : Set.of();
        for (Ended one : all) {
            First first = one.connection.endedBefore();
            if (first == First.UNKNOWN && isKept(one.connection.addresses(), kept)) {
                first = First.WORKER;
            }
            if (first == First.UNKNOWN) {
                first = one.connection.endedBySegments(one.figures);
            }
            boolean byExit = ending.getOrDefault(one.connection.holder(), false);
            one.watch.ended(one.connection, one.figures, first, byExit, now);
        }
    }

    private boolean isKept(TcpAddresses addresses, Set<TcpAddresses> kept) throws LinuxException {
        if (all.size() > MOST_ASKED_ONE_BY_ONE) {
            return kept.contains(addresses);
        }
        Optional<SockDiag.Presence> there = sockets.at(addresses);
        return there.filter(one -> !one.held() && KEPT.contains(one.state())).isPresent();
    }

    private Set<TcpAddresses> kept() throws LinuxException {
        Set<Place> places = new HashSet<>();
        all.forEach(one -> places.addAll(one.watch.places()));
        Set<TcpAddresses> kept = new HashSet<>();
        for (Place place : places) {
            sockets.connections(place.ipv6(), place.port(), KEPT, row -> {
                if (row.inode() == 0) {
                    kept.add(row.addresses());
                }
            });
        }
        return kept;
    }
}
