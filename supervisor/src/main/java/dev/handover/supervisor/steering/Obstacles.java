package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.Claim;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Words;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says what keeps a generation from being steered to; clients stay where they are, then. For one thread. */
final class Obstacles {
    private final ServiceName service;
    private final Roster roster;
    private final Kernel kernel;

    Obstacles(ServiceName service, Roster roster, Kernel kernel) {
        this.service = service;
        this.roster = roster;
        this.kernel = kernel;
    }

    /** A worker that has ended so lately that nobody may have heard of it. */
    Optional<String> ended(Map<WorkerId, ProcessId> workers) {
        return workers.entrySet().stream()
                .filter(worker -> !kernel.runs(worker.getValue()))
                .map(worker -> worker.getKey() + " (" + worker.getValue() + ") has ended")
                .sorted()
                .findFirst();
    }

    /** What keeps the generation from taking over where another one, of this service or not, is steered to. */
    Optional<String> unfit(GenerationId generation, List<ListenAddress> listen, Roster.Found found) {
        for (SteeredGroup group : roster.serving(listen)) {
            if (!found.misfits().isEmpty()) {
                return Optional.of(String.join("; ", found.misfits()));
            }
            if (!found.members().containsKey(group.address())) {
                return Optional.of(absent(generation, group, found));
            }
        }
        return Optional.empty();
    }

    private String absent(GenerationId generation, SteeredGroup group, Roster.Found found) {
        ListenAddress address = group.address();
        WorkerId there = group.serving().get(0).worker();
        Optional<ListenAddress> other =
                address.declared().groups().filter(found.members()::containsKey).findFirst();
        if (other.isPresent()) {
            return "generation " + generation + " listens on " + address + " with " + family(other.get())
                    + " socket, and generation " + there.generation() + " with " + family(address)
                    + " one: to the kernel these are different groups, and their clients can't be moved; let it open the"
                    + " same (in Java: -Djava.net.preferIPv4Stack), or stop and start the service";
        }
        String whose = there.service().equals(service) ? "" : there.service() + " ";
        return "no worker of generation " + generation + " listens on " + address + ", where " + whose + "generation "
                + there.generation() + " serves; let it listen there, or declare it no longer";
    }

    private static String family(ListenAddress address) {
        return address.isIpv6() ? "an AF_INET6" : "an AF_INET";
    }

    /** What keeps the generation from getting some of the clients of the one that serves. */
    Optional<String> unshared(List<ListenAddress> listen, Roster.Found found) {
        for (SteeredGroup group : roster.serving(listen)) {
            if (roster.isTaken(group)) {
                return Optional.of(group.serving().get(0).worker().service() + " serves on " + group.address()
                        + ", whose clients can't be shared with another service");
            }
        }
        return found.members().keySet().stream().noneMatch(this::isSteered)
                ? Optional.of(unlistening(listen, found.misfits()))
                : Optional.empty();
    }

    private boolean isSteered(ListenAddress address) {
        return !roster.group(address).serving().isEmpty();
    }

    /** Which other supervisor steers where the generation listens. */
    Optional<String> taken(Roster.Found found) {
        try {
            for (ListenAddress address : found.members().keySet()) {
                roster.group(address).claim();
            }
        } catch (Claim.Taken e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            // To flip meets it again, and says so.
        }
        return Optional.empty();
    }

    /** Why no listener of a generation was found where it declares any. */
    static String unlistening(List<ListenAddress> listen, List<String> misfits) {
        if (listen.isEmpty()) {
            return "no listener is declared";
        }
        return misfits.isEmpty() ? "no worker listens on " + Words.and(listen) : String.join("; ", misfits);
    }
}
