package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.ListenerSearch;
import dev.handover.supervisor.linux.OwnedSocket;
import dev.handover.supervisor.linux.ProcessSockets;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.linux.SocketRow;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Looks now and then, at all workers in one go, whether who was seen listening still does: nobody tells of a close() or a
 * shutdown() while the process runs on.
 */
final class StillListening implements AutoCloseable {
    /** A look costs a dump of each port's listeners and a link to read for each worker. */
    static final Duration PAUSE = Duration.ofSeconds(5);

    private final SockDiag sockets;
    private final Map<Long, Watched> watched = new ConcurrentHashMap<>();
    private final Thread thread;

    private record Watched(ListenerSearch seen, Runnable gone) {}

    private record Port(Transport transport, int number) {}

    StillListening(String name) throws LinuxException {
        sockets = new SockDiag();
        thread = new Thread(this::lookAgainAndAgain, name);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Watches the process until something of what was seen is gone.
     *
     * @param gone called once, on the thread that looks
     */
    void watch(long pid, ListenerSearch seen, Runnable gone) {
        watched.put(pid, new Watched(seen, gone));
    }

    void forget(long pid) {
        watched.remove(pid);
    }

    private void lookAgainAndAgain() {
        try {
            while (true) {
                TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
                look();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** One look at all. */
    void look() {
        Map<Port, Optional<Set<Long>>> listening = new HashMap<>();
        for (Map.Entry<Long, Watched> one : Map.copyOf(watched).entrySet()) {
            if (isGone(one.getValue().seen(), listening)
                    && !Processes.isEnding(one.getKey()) // then its exit tells
                    && watched.remove(one.getKey(), one.getValue())) {
                one.getValue().gone().run();
            }
        }
    }

    private boolean isGone(ListenerSearch seen, Map<Port, Optional<Set<Long>>> listening) {
        return seen.found().values().stream().flatMap(List::stream).anyMatch(socket -> !isThere(socket, listening));
    }

    /** Also where that can't be told. */
    private boolean isThere(OwnedSocket owned, Map<Port, Optional<Set<Long>>> listening) {
        SocketRow socket = owned.socket();
        Port port = new Port(socket.transport(), socket.local().getPort());
        return listening
                        .computeIfAbsent(port, this::inodes)
                        .map(inodes -> inodes.contains(socket.inode()))
                        .orElse(true)
                && ProcessSockets.holds(owned.pid(), owned.fd(), socket.inode());
    }

    private Optional<Set<Long>> inodes(Port port) {
        try {
            Set<Long> inodes = new HashSet<>();
            List<SocketRow> rows = sockets.listeners(port.transport(), port.number());
            rows.forEach(row -> inodes.add(row.inode()));
            return Optional.of(inodes);
        } catch (LinuxException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        sockets.close();
    }
}
