package dev.handover.supervisor.witness;

import dev.handover.supervisor.linux.ConnectionProbe;
import dev.handover.supervisor.linux.DatagramProbe;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.linux.SocketEnds;
import dev.handover.supervisor.linux.SocketOwners;
import dev.handover.supervisor.linux.TcpFigures;
import dev.handover.supervisor.linux.TcpSight;
import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.EndedBy;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.OpenConnection;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All drains that are watched. For one thread. */
final class Watches implements AutoCloseable {
    private final SockDiag sockets;
    private final LongPredicate isWorker;
    private final ConnectionProbe udpConnections;
    private final DatagramProbe datagrams;
    private final Consumer<Event> inbox;
    private final Questions questions;
    private final Subscriptions subscriptions = new Subscriptions();
    private final Map<Long, DrainWatch> byPid = new LinkedHashMap<>();
    private final List<DrainWatch> beginning = new ArrayList<>();

    Watches(SockDiag sockets, LongPredicate isWorker, Consumer<Event> inbox) {
        this.sockets = sockets;
        this.isWorker = isWorker;
        this.udpConnections = new ConnectionProbe(sockets);
        this.datagrams = new DatagramProbe(sockets);
        this.questions = new Questions(sockets);
        this.inbox = inbox;
    }

    /** Takes part in the next turn's census, which is one for all that begin together. */
    void begin(DrainWatch watch, long now) {
        forget(watch.pid());
        watch.lookSoon(now);
        beginning.add(watch);
    }

    void conclude(WorkerId worker, long pid, EndedBy by, Duration patience, long now) {
        DrainWatch watch = Stream.concat(byPid.values().stream(), beginning.stream())
                .filter(one -> one.pid() == pid)
                .findFirst()
                .orElse(null);
        if (watch == null) {
            inbox.accept(new Event.NotWatched(worker, pid, "nothing was seen of its connections"));
        } else {
            watch.processEnded(by, patience, now);
        }
    }

    void forget(long pid) {
        byPid.remove(pid);
        beginning.removeIf(watch -> watch.pid() == pid);
    }

    /** Tells that none of what is watched will be seen. */
    void giveUp(String why) {
        Set<DrainWatch> all = new LinkedHashSet<>(byPid.values());
        all.addAll(beginning);
        byPid.clear();
        beginning.clear();
        all.forEach(watch -> inbox.accept(new Event.NotWatched(watch.worker(), watch.pid(), why)));
    }

    Collection<SocketEnds> ends() {
        return subscriptions.all();
    }

    /** Does what is due; returns when the next is. */
    long turn(long now) throws LinuxException {
        readEnds(now);
        if (!beginning.isEmpty()) {
            takeCensus(List.copyOf(beginning), now);
            beginning.clear();
        }
        List<DrainWatch> due =
                byPid.values().stream().filter(watch -> watch.nextLook() <= now).toList();
        if (!due.isEmpty()) {
            look(due, now);
        }
        subscriptions.keepFor(byPid.values());
        return byPid.values().stream().mapToLong(DrainWatch::nextLook).min().orElse(Long.MAX_VALUE);
    }

    private void takeCensus(List<DrainWatch> begun, long now) throws LinuxException {
        Census census = new Census(sockets, now);
        try {
            for (DrainWatch watch : begun) {
                subscriptions.open(watch);
            }
            for (Place place : placesOf(begun)) {
                sockets.connections(place.ipv6(), place.port(), Census.OPEN, row -> {
                    if (watchOf(row.cookie()) == null) { // else it would be two's, and its end be told to one
                        census.add(place, row);
                    }
                });
            }
        } catch (LinuxException refused) {
            begun.forEach(watch -> lose(watch, refused));
            return;
        }
        List<DrainWatch> counted = new ArrayList<>();
        for (DrainWatch watch : begun) {
            try {
                census.assign(watch);
                watch.lookedAtItsProcess(Processes.isEnding(watch.pid()));
                // Before it is told: what ends at once is judged by this.
                questions.look(watch);
                byPid.put(watch.pid(), watch);
                inbox.accept(new Event.DrainWatched(
                        watch.worker(),
                        watch.pid(),
                        watch.open().size(),
                        watch.endsAtSignal(),
                        census.standsBetween(watch)));
                counted.add(watch);
                watch.looked(0, now);
            } catch (IOException refused) {
                lose(watch, refused);
            }
        }
        // After they have been told of: this looks at every process of the machine.
        census.assignStrays(counted, new Kin(isWorker, byPid.values()));
    }

    private void lose(DrainWatch watch, IOException why) {
        byPid.remove(watch.pid());
        inbox.accept(new Event.NotWatched(watch.worker(), watch.pid(), Why.of(why)));
    }

    private static Set<Place> placesOf(Collection<DrainWatch> watches) {
        return watches.stream().flatMap(watch -> watch.places().stream()).collect(Collectors.toSet());
    }

    private void readEnds(long now) throws LinuxException {
        Endings endings = new Endings(sockets);
        Set<DrainWatch> concerned = new HashSet<>();
        List<Integer> lost = subscriptions.read(told -> {
            DrainWatch watch = watchOf(told.cookie());
            Tracked connection = watch == null ? null : watch.open().remove(told.cookie());
            if (watch != null && connection != null) {
                TcpFigures figures = told.figures();
                endings.add(watch, connection, figures == null ? connection.seen() : figures);
                concerned.add(watch);
            }
        });
        endings.settle(now);
        concerned.stream().filter(watch -> watch.open().isEmpty()).forEach(watch -> watch.lookSoon(now));
        if (!lost.isEmpty()) {
            byPid.values().stream()
                    .filter(watch -> watch.places().stream().anyMatch(place -> lost.contains(place.port())))
                    .forEach(DrainWatch::overrun);
        }
    }

    private @Nullable DrainWatch watchOf(long cookie) {
        for (DrainWatch watch : byPid.values()) {
            if (watch.open().containsKey(cookie)) {
                return watch;
            }
        }
        return null;
    }

    private void look(List<DrainWatch> due, long now) throws LinuxException {
        final long began = System.nanoTime();
        Endings endings = new Endings(sockets);
        Census newcomers = new Census(sockets, now);
        boolean some = due.stream().anyMatch(DrainWatch::accepts);
        for (Place place : placesOf(due)) {
            sockets.connections(place.ipv6(), place.port(), Census.OPEN, row -> {
                DrainWatch watch = watchOf(row.cookie());
                if (watch != null) {
                    see(watch, row, endings, now);
                } else if (some) {
                    newcomers.add(place, row);
                }
            });
        }
        endings.settle(now);
        for (DrainWatch watch : due) {
            try {
                if (watch.accepts()) {
                    newcomers.assign(watch);
                }
                findStrays(watch, now);
                questions.look(watch);
                report(watch, now);
            } catch (IOException refused) {
                lose(watch, refused);
            }
        }
        long took = System.nanoTime() - began;
        due.forEach(watch -> watch.looked(took, now));
    }

    private void see(DrainWatch watch, TcpSight row, Endings endings, long now) {
        Tracked connection = watch.open().get(row.cookie());
        if (connection == null) {
            return;
        }
        boolean held = row.inode() != 0;
        if (held && row.isStillAs(connection.seen())) {
            connection.seeUnchanged(row.state(), now);
            return;
        }
        TcpFigures figures = row.figures();
        if (figures != null && held) {
            connection.see(row.state(), figures, now);
        } else if (figures != null) {
            // Its process has closed it; the kernel delivers what is left.
            connection.closed(row.state());
            watch.open().remove(row.cookie());
            endings.add(watch, connection, figures);
        }
    }

    /** What lay between two processes is somebody's by now, perhaps. */
    private void findStrays(DrainWatch watch, long now) throws IOException {
        Map<Long, Long> cookies = new HashMap<>();
        watch.open().forEach((cookie, connection) -> {
            if (connection.holder() == 0) {
                cookies.put(connection.inode(), cookie);
            }
        });
        if (cookies.isEmpty()) {
            return;
        }
        for (DrainWatch sibling : siblings(watch)) {
            Census.heldBy(sibling, cookies.keySet()).forEach((inode, holder) -> {
                Long cookie = cookies.remove(inode);
                Tracked found = cookie == null ? null : watch.open().remove(cookie);
                if (cookie != null && found != null) {
                    found.heldBy(holder);
                    sibling.track(cookie, found);
                }
            });
        }
        Set<Long> elsewhere = watch.straysAreDue(now) ? foundElsewhere(watch, cookies.keySet()) : Set.of();
        for (long inode : elsewhere) {
            watch.open().remove(cookies.get(inode)); // It was on its way to another generation's process.
        }
    }

    /** Which of these some process has; the watch is told of those that no worker has. */
    private Set<Long> foundElsewhere(DrainWatch watch, Set<Long> inodes) {
        Kin kin = new Kin(isWorker, byPid.values());
        Map<Long, Long> holders = SocketOwners.of(inodes, kin::has);
        holders.values().stream().filter(pid -> !kin.has(pid)).forEach(watch::outsiderHolds);
        return holders.keySet();
    }

    private List<DrainWatch> siblings(DrainWatch watch) {
        return byPid.values().stream()
                .filter(other -> other.worker().service().equals(watch.worker().service()))
                .toList();
    }

    private void report(DrainWatch watch, long now) throws IOException {
        long held = watch.heldAt(now);
        if (watch.hasProcessEnded()) {
            held = held == 0 ? 0 : linger(watch, now);
            DrainAccount account = watch.account(held, now);
            if (account != null) {
                byPid.remove(watch.pid());
                inbox.accept(new Event.Accounted(watch.worker(), watch.pid(), account));
            }
            return;
        }
        for (DrainWatch sibling : siblings(watch)) {
            held += sibling == watch ? 0 : sibling.strays();
        }
        if (!watch.udp().isEmpty()) {
            held += udpConnections.count(watch.pid(), watch.udp());
        }
        Optional<Silence> silence = watch.silence().filter(one -> one.isDue(now));
        if (silence.isPresent()) {
            silence.get().look(datagrams.look(watch.pid(), watch.udp()), now);
        }
        List<Tracked> oldest = watch.oldestAt(now);
        if (watch.isNews(held, oldest)) {
            inbox.accept(
                    new Event.SeenConnections(watch.worker(), watch.pid(), held, told(oldest, now), watch.isQuiet()));
        }
    }

    /** Returns how many connections the worker's other processes hold. */
    private long linger(DrainWatch watch, long now) throws IOException {
        Map<Long, Long> cookies = new HashMap<>();
        watch.open().forEach((cookie, connection) -> {
            if (connection.lookedAt() == now) {
                cookies.put(connection.inode(), cookie);
            }
        });
        Set<Long> own = Census.heldBy(watch, cookies.keySet()).keySet();
        Set<Long> rest = new HashSet<>(cookies.keySet());
        rest.removeAll(own);
        List<Long> elsewhere = foundElsewhere(watch, rest).stream()
                .map(inode -> Objects.requireNonNull(cookies.get(inode)))
                .toList();
        watch.handedOn(elsewhere);
        long held = cookies.size() - (long) elsewhere.size();
        String holders = holders(watch);
        List<Tracked> oldest = watch.oldestAt(now);
        if (held > 0 && watch.isNews(held, oldest)) {
            inbox.accept(new Event.Lingers(watch.worker(), watch.pid(), held, told(oldest, now), holders));
        }
        return held;
    }

    private static List<OpenConnection> told(List<Tracked> connections, long now) {
        return connections.stream()
                .map(one -> new OpenConnection(one.addresses().remote(), one.openAtLeast(now)))
                .toList();
    }

    private static String holders(DrainWatch watch) throws IOException {
        List<Long> running = watch.processes().running();
        return running.isEmpty()
                ? "nobody"
                : Processes.commandLine(running.get(0)) + " (pid " + running.get(0) + ")"
                        + (running.size() == 1 ? "" : " and " + (running.size() - 1) + " more");
    }

    @Override
    public void close() {
        subscriptions.close();
    }
}
