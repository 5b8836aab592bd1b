package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.EndsPoll;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.linux.SocketEnds;
import dev.handover.supervisor.linux.SocketState;
import dev.handover.supervisor.linux.Split;
import dev.handover.supervisor.linux.TcpAddresses;
import dev.handover.supervisor.linux.TcpFigures;
import dev.handover.supervisor.linux.TcpSight;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Met;
import dev.handover.supervisor.terms.SteeringStatus;
import dev.handover.supervisor.terms.SteeringStatus.Arrivals;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Counts the connections of TCP that come while there is a canary: those that have ended, each of which the kernel tells of, and
 * those that are open when it is asked. The kernel does not tell by which listener one came; but the group's program has led it
 * by its client's address, and by that it is counted.
 *
 * <p>Has a thread, which reads what the kernel tells before there is no room for more. Any thread may ask.
 */
final class ArrivalCount implements AutoCloseable {
    private static final int PAUSE_MILLIS = 20;
    /** Those that a process has, or the kernel for one that has closed. */
    private static final Set<SocketState> OPEN = EnumSet.of(
            SocketState.ESTABLISHED,
            SocketState.FIN_WAIT1,
            SocketState.FIN_WAIT2,
            SocketState.CLOSE_WAIT,
            SocketState.LAST_ACK,
            SocketState.CLOSING);

    private final List<ListenAddress> at;
    private final Predicate<InetSocketAddress> own;
    private final SockDiag sockets;
    private final SocketEnds ends;
    private final EndsPoll poll;
    /** The cookies of those that were open when the share began, and may be still. */
    private final Set<Long> before = new HashSet<>();
    /** What has come to the canary since there is one. */
    private final Tally ever = new Tally();

    private Tally canary = new Tally();
    private Tally serving = new Tally();
    private AnswerCount canaryAnswers = new AnswerCount();
    private AnswerCount servingAnswers = new AnswerCount();
    private Split split;
    private String unseen = "";
    private boolean over;

    /**
     * Counts from now on.
     *
     * @param at the groups' addresses, of TCP
     * @param own whether a source is the supervisor's own, and no client; asked on any thread
     */
    static ArrivalCount of(Split split, Collection<ListenAddress> at, Predicate<InetSocketAddress> own, Kernel kernel)
            throws IOException {
        SocketEnds ends = kernel.ends(at.stream().map(ListenAddress::port).collect(Collectors.toSet()));
        try {
            SockDiag sockets = new SockDiag();
            try {
                return counting(split, List.copyOf(at), own, sockets, ends);
            } catch (IOException e) {
                sockets.close();
                throw e;
            }
        } catch (IOException e) {
            ends.close();
            throw e;
        }
    }

    private static ArrivalCount counting(
            Split split, List<ListenAddress> at, Predicate<InetSocketAddress> own, SockDiag sockets, SocketEnds ends)
            throws IOException {
        EndsPoll poll = new EndsPoll();
        try {
            ArrivalCount count = new ArrivalCount(split, at, own, sockets, ends, poll);
            count.begin();
            return count;
        } catch (IOException e) {
            poll.close();
            throw e;
        }
    }

    private ArrivalCount(
            Split split,
            List<ListenAddress> at,
            Predicate<InetSocketAddress> own,
            SockDiag sockets,
            SocketEnds ends,
            EndsPoll poll) {
        this.split = split;
        this.at = at;
        this.own = own;
        this.sockets = sockets;
        this.ends = ends;
        this.poll = poll;
    }

    private void begin() throws IOException {
        look(sight -> before.add(sight.cookie()));
        Thread thread = new Thread(this::run, "arrivals");
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError e) { // RLIMIT_NPROC, pids.max
            throw new IOException("there is no thread to be had for it", e);
        }
    }

    private void run() {
        try {
            while (read()) {
                poll.await(List.of(ends), -1);
                poll.await(List.of(), PAUSE_MILLIS); // one look for all that come in that time
            }
        } catch (IOException e) {
            fail(e);
        } finally {
            sockets.close();
            ends.close();
            poll.close();
        }
    }

    /** @return whether anybody still asks */
    private synchronized boolean read() throws IOException {
        if (!over && !ends.read(this::ended)) {
            unseen = "more connections ended at once than the kernel had room to tell of (net.core.rmem_max)";
        }
        return !over;
    }

    private void ended(TcpSight sight) {
        if (!before.remove(sight.cookie()) && isClients(sight)) {
            count(sight);
            TcpFigures last = sight.figures();
            if (last != null) {
                InetAddress client = client(sight);
                (split.leads(client) ? canaryAnswers : servingAnswers).ended(client, last);
            }
        }
    }

    /** What comes from now on is of another share of the same canary. */
    synchronized void next(Split shared) {
        try {
            read();
            Set<Long> open = new HashSet<>();
            look(sight -> {
                open.add(sight.cookie());
                if (!before.contains(sight.cookie())) {
                    count(sight);
                }
            });
            before.clear();
            before.addAll(open);
        } catch (IOException e) {
            fail(e);
        }
        split = shared;
        canary = new Tally();
        serving = new Tally();
        canaryAnswers = new AnswerCount();
        servingAnswers = new AnswerCount();
    }

    /** What has come since the share was asked for. */
    synchronized SteeringStatus.Split figures() {
        long[] open = new long[2];
        try {
            read();
            look(sight -> {
                if (!before.contains(sight.cookie())) {
                    open[meet(sight) ? 1 : 0]++;
                }
            });
        } catch (IOException e) {
            fail(e);
        }
        return new SteeringStatus.Split(
                split.canary(),
                split.share(),
                canary.with(open[1]),
                serving.with(open[0]),
                ever.with(open[1]),
                unseen());
    }

    /** All that has come to the canary. */
    synchronized Met met() {
        Arrivals all = figures().ever();
        return new Met(all.connections(), all.clients(), ever.first(), unseen());
    }

    /** Who has been answered since the share was asked for, and who has not; empty where nothing is counted. */
    synchronized Optional<Event.Compared> compared() {
        AnswerCount toCanary;
        AnswerCount toServing;
        try {
            read();
            toCanary = canaryAnswers.copy();
            toServing = servingAnswers.copy();
            look(sight -> {
                TcpFigures now = sight.figures();
                if (now != null && !before.contains(sight.cookie())) {
                    InetAddress client = client(sight);
                    (split.leads(client) ? toCanary : toServing).open(client, now);
                }
            });
        } catch (IOException e) {
            fail(e);
            return Optional.empty();
        }
        return over
                ? Optional.empty()
                : Optional.of(
                        new Event.Compared(split.service(), split.canary(), toCanary.figures(), toServing.figures()));
    }

    private static InetAddress client(TcpSight sight) {
        return sight.addresses().remote().getAddress();
    }

    private String unseen() {
        boolean full = canary.isFull() || serving.isFull() || ever.isFull();
        return unseen.isEmpty() && full ? "more clients came than are told apart" : unseen;
    }

    /** Shows the connections that are there now, of clients. */
    private void look(Consumer<? super TcpSight> seen) throws IOException {
        for (boolean ipv6 : over ? new boolean[0] : new boolean[] {false, true}) {
            Set<Integer> ports = at.stream()
                    .filter(address -> address.isIpv6() == ipv6)
                    .map(ListenAddress::port)
                    .collect(Collectors.toSet());
            for (int port : ports) {
                sockets.connections(ipv6, port, OPEN, sight -> {
                    // What is left of one in FIN_WAIT2 has ended already.
                    if (sight.figures() != null && isClients(sight)) {
                        seen.accept(sight);
                    }
                });
            }
        }
    }

    private boolean isClients(TcpSight sight) {
        TcpAddresses addresses = sight.addresses();
        InetSocketAddress remote = addresses.remote();
        InetAddress local = addresses.local();
        return remote.getPort() != 0 // which a listener's is
                && at.stream()
                        .filter(address -> address.port() == sight.localPort() && address.isIpv6() == sight.isIpv6())
                        .map(ListenAddress::host)
                        .anyMatch(host -> host.isAnyLocalAddress() || host.equals(local))
                && !own.test(remote);
    }

    /** @return whether it went to the canary */
    private boolean meet(TcpSight sight) {
        InetAddress client = client(sight);
        boolean led = split.leads(client);
        (led ? canary : serving).meet(client);
        if (led) {
            ever.meet(client);
        }
        return led;
    }

    private void count(TcpSight sight) {
        if (meet(sight)) {
            canary.count();
            ever.count();
        } else {
            serving.count();
        }
    }

    /** Nothing is counted any more. */
    private synchronized void fail(IOException e) {
        unseen = Why.of(e);
        close();
    }

    @Override
    public void close() {
        synchronized (this) {
            over = true;
        }
        poll.wake(); // which closes the rest
    }
}
