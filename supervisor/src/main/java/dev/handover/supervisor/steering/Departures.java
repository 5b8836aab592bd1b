package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.PacketBarrier;
import dev.handover.supervisor.linux.TcpCounters;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Ledger.Mode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One generation's way out, or one dead worker's, in all its groups. For one thread. */
final class Departures {
    private final List<Departure> all;
    private final TcpCounters before;
    private final List<String> caveats = new ArrayList<>();
    private PacketBarrier barrier;

    /**
     * To be made when new connections have just been moved elsewhere.
     *
     * @param before the kernel's counters before the flip
     */
    Departures(List<Departure> all, TcpCounters before) {
        this.all = List.copyOf(all);
        this.before = before;
        this.barrier = PacketBarrier.begin();
    }

    List<Departure> all() {
        return all;
    }

    /** New connections to one of them have been moved elsewhere only now. */
    void movedLater() {
        barrier = PacketBarrier.begin();
    }

    /** The kernel's counters now; 0 where /proc does not show them, which makes every change 0 too. */
    static TcpCounters counters() {
        try {
            return TcpCounters.read();
        } catch (IOException e) {
            return new TcpCounters(0, 0, 0, 0);
        }
    }

    /** Takes what is in flight now. */
    void count() {
        try {
            for (Departure one : all) {
                one.countHandshakes();
            }
        } catch (LinuxException e) {
            caveats.add("the handshakes in flight at the flip can't be counted: " + e.getMessage());
        }
    }

    void capture() throws LinuxException {
        try {
            barrier.await();
        } catch (IOException e) {
            caveats.add(
                    "a handshake that began in the microseconds of the flip may have gone unseen: " + e.getMessage());
        }
        for (Departure one : closed()) {
            one.capture();
        }
    }

    boolean isEmpty() throws LinuxException {
        boolean empty = true;
        for (Departure one : closed()) {
            empty &= one.isEmpty();
        }
        return empty;
    }

    private List<Departure> closed() {
        return all.stream().filter(one -> one.open().isEmpty()).toList();
    }

    /** Why some of them are not waited for; empty if all are. */
    String open() {
        return all.stream().map(Departure::open).filter(why -> !why.isEmpty()).collect(Collectors.joining("; "));
    }

    Ledger ledger(Mode mode, String why) {
        TcpCounters change = counters().since(before);
        return new Ledger(
                mode,
                why,
                all.stream().map(Departure::ledger).toList(),
                new Ledger.Counters(
                        change.listenOverflows(),
                        change.listenDrops(),
                        change.migrateSuccess(),
                        change.migrateFailure()),
                Stream.concat(caveats.stream(), all.stream().flatMap(one -> one.caveats().stream()))
                        .toList());
    }

    /** For people. */
    @Override
    public String toString() {
        return all.stream()
                .map(Departure::ledger)
                .map(group -> group.address() + ": " + group.handshakes() + " handshakes in flight, "
                        + group.handshakesLeft() + " left; longest queue " + group.longestQueue())
                .collect(Collectors.joining("; "));
    }
}
