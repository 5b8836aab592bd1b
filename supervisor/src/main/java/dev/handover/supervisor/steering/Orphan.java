package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.terms.Counts;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A dead worker's listeners in one group, or those that a live one has closed, once nobody is steered to them: those who adopted them accept from them, until
 * they are seen empty or their time is over. For one thread.
 */
final class Orphan {
    private final SteeredGroup group;
    private final Kernel kernel;
    private final Departure departure;
    private final Departures departures;
    private final long patienceNanos;
    private final long began;
    private long waited;

    Orphan(SteeredGroup group, Departure departure, Duration patience, Kernel kernel, long now) {
        this.group = group;
        this.kernel = kernel;
        this.departure = departure;
        this.departures =
                new Departures(List.of(departure), Before.of(Departures.counters(kernel), List.of(group)), kernel);
        this.patienceNanos = patience.toNanos();
        this.began = now;
    }

    List<Member> members() {
        return departure.members();
    }

    GenerationId generation() {
        return members().get(0).generation();
    }

    /** Sees what waits, and takes the handshakes in flight to wait for. */
    void capture() throws LinuxException {
        if (patienceNanos > 0) {
            departures.capture();
        }
        waited = departure.waiting();
    }

    boolean isOver(long now) throws IOException {
        return now - began >= patienceNanos || departures.isEmpty(now);
    }

    /** Lets go of them; what they still hold is lost. */
    void release(long now) throws IOException {
        try {
            departure.release(now);
        } catch (IOException e) {
            group.drop(departure.members());
            throw e;
        }
    }

    /** Whether something that had waited was lost, or may have been, after the release. */
    boolean mayHaveLost() {
        return departure.lost() > 0 || departure.mayHaveLost();
    }

    /** What became of what waited, after the release; empty if nothing did. */
    String told(long now) {
        long lost = departure.lost();
        long found = Math.max(waited, lost);
        if (found == 0 && !departure.mayHaveLost()) {
            return "";
        }
        boolean tcp = departure.address().transport() == Transport.TCP;
        String how = kernel.runs(members().get(0).process()) ? " closed a listener with " : " died with ";
        String died =
                members().get(0) + how + Counts.text(found, tcp ? "connection" : "byte") + " that it had not accepted";
        String adopters = adopters();
        if (!adopters.isEmpty()) {
            return died + ": adopted by " + adopters + "; " + lost + " lost, after " + millis(now - began);
        }
        return died + (patienceNanos > 0 ? ", and nobody adopted that within " + millis(patienceNanos) : "") + ": "
                + (lost == found ? "lost" : lost + " lost");
    }

    private static String millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos) + " ms";
    }

    private String adopters() {
        TreeSet<WorkerId> all = new TreeSet<>();
        members().forEach(member -> all.addAll(member.adopters().keySet()));
        return all.stream().map(WorkerId::toString).collect(Collectors.joining(", "));
    }
}
