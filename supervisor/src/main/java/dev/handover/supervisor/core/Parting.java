package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.DrainReport;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.ServiceSpec;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What became of all that the workers of one generation had accepted, as far as anybody saw. */
final class Parting {
    private final ServiceSpec spec;
    private final Collection<Worker> workers;

    Parting(ServiceSpec spec, Collection<Worker> workers) {
        this.spec = spec;
        this.workers = workers;
    }

    boolean wasKilled() {
        return attempts().anyMatch(Attempt::wasKilled);
    }

    boolean drainTimedOut() {
        return attempts().anyMatch(Attempt::drainTimedOut);
    }

    /** Whether time is over for one that has drained, or was to. */
    boolean isOverdue() {
        return attempts().anyMatch(Attempt::isOverdue);
    }

    /** What the kernel showed of their connections, for those who are told at a stop, with why they may not have finished. */
    Optional<DrainReport> atStop() {
        return report().map(report -> report.withDoubts(unfinished()));
    }

    /** How they drained, by each witness; empty for a generation that has no connections. */
    Optional<DrainReport> report() {
        if (spec.listen().stream().noneMatch(address -> address.transport() == Transport.TCP)) {
            return Optional.empty();
        }
        Optional<DrainReport.Said> said = attempts()
                .flatMap(attempt -> attempt.connections().said().stream())
                .reduce(DrainReport.Said::plus);
        List<String> advice =
                drains().flatMap(drain -> drain.advice().stream()).distinct().toList();
        return Optional.of(new DrainReport(account(), said, advice));
    }

    /** What steering counted of the generation, with all that the witnesses saw. */
    Ledger counted(Ledger figures) {
        return figures.withDrain(account())
                .withCaveats(unfinished())
                .withCaveats(neverSeen(figures.mode() == Mode.STEERED));
    }

    private DrainAccount account() {
        return drains().map(Drain::account).reduce(DrainAccount.NOTHING, DrainAccount::plus);
    }

    /** Why they may not have finished all that they had accepted; empty if they did, as far as is known. */
    private List<String> unfinished() {
        return attempts().flatMap(attempt -> attempt.unfinished().stream()).toList();
    }

    /**
     * What no witness sees: a request that came in a datagram is in no connection.
     *
     * @param steered whether it was steered away from
     */
    private List<String> neverSeen(boolean steered) {
        String flows = steered && spec.quic().isPresent()
                ? "; flows without a tag in their connection ids went over to the new workers at the flip"
                : "; open flows went over to the new workers at the flip";
        return spec.listen().stream()
                .filter(address -> address.transport() == Transport.UDP)
                .map(address ->
                        address + ": requests taken from the queue are not seen, nor whether each was answered" + flows)
                .toList();
    }

    private Stream<Drain> drains() {
        return attempts().flatMap(attempt -> attempt.drain().stream());
    }

    private Stream<Attempt> attempts() {
        return workers.stream().map(Worker::attempt);
    }
}
