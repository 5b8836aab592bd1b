package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Ledger.Counters;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One generation's way out, or one dead worker's, in all its groups. For one thread. */
final class Departures {
    private final List<Departure> all;
    private final Before before;
    private final List<String> caveats = new ArrayList<>();
    private final Kernel kernel;
    private Kernel.Barrier barrier;

    /**
     * To be made when new connections have just been moved elsewhere.
     *
     * @param before the figures before the flip
     */
    Departures(List<Departure> all, Before before, Kernel kernel) {
        this.all = List.copyOf(all);
        this.before = before;
        this.kernel = kernel;
        this.barrier = kernel.barrier();
    }

    List<Departure> all() {
        return all;
    }

    /** New connections to one of them have been moved elsewhere only now. */
    void movedLater() {
        barrier = kernel.barrier();
    }

    /** What keeps its ledger from being without a loss. */
    void caveat(String what) {
        caveats.add(what);
    }

    /** The kernel's counters now; 0 where /proc does not show them, which makes every change 0 too. */
    static Counters counters(Kernel kernel) {
        try {
            return kernel.counters();
        } catch (IOException e) {
            return Counters.ZERO;
        }
    }

    /** Takes what is in flight now. */
    void count(long now) {
        try {
            for (Departure departure : all) {
                departure.countHandshakes(now);
            }
        } catch (LinuxException e) {
            caveats.add("the handshakes in flight at the flip can't be counted: " + e.getMessage());
        }
    }

    /** Takes what is in flight to wait for. */
    void capture() throws LinuxException {
        try {
            barrier.await();
        } catch (IOException e) {
            caveats.add("a handshake that began in the microseconds of the flip may have gone unseen: " + Why.of(e));
        }
        for (Departure departure : closed()) {
            departure.capture();
        }
    }

    boolean isEmpty(long now) throws IOException {
        boolean empty = true;
        for (Departure departure : closed()) {
            empty &= departure.isEmpty(now);
        }
        return empty;
    }

    private List<Departure> closed() {
        return all.stream().filter(departure -> departure.open().isEmpty()).toList();
    }

    /** Why some of them are not waited for; empty if all are. */
    String open() {
        return all.stream().map(Departure::open).filter(why -> !why.isEmpty()).collect(Collectors.joining("; "));
    }

    Ledger ledger(Mode mode, String why) {
        return new Ledger(
                mode,
                why,
                groups().toList(),
                counters(kernel).since(before.counters()),
                Stream.concat(caveats.stream(), all.stream().flatMap(departure -> departure.caveats().stream()))
                        .toList());
    }

    private Stream<Ledger.Group> groups() {
        return all.stream().map(departure -> departure.ledger(before.drops(departure.address())));
    }

    /** For people. */
    @Override
    public String toString() {
        return groups().map(Ledger.Group::progress).collect(Collectors.joining("; "));
    }
}
