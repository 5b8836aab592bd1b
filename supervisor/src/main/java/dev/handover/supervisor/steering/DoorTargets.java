package dev.handover.supervisor.steering;

import dev.handover.supervisor.terms.Counts;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Whom requests through doors are to reach, and where: at the first TCP address that the service declares. */
record DoorTargets(SteeredGroup group, List<Member> members) {
    /** Where somebody serves, so that a program is set. */
    static SteeredGroup group(Roster roster, List<ListenAddress> listen) throws IOException {
        ListenAddress first = listen.stream()
                .filter(address -> address.transport() == Transport.TCP)
                .findFirst()
                .orElseThrow(() -> new IOException("no TCP address is declared"));
        return roster.serving(List.of(first)).stream()
                .findFirst()
                .orElseThrow(
                        () -> new IOException("nothing is steered at " + first + ", so that clients come at once"));
    }

    /**
     * Holds what these workers listen with in the group.
     *
     * @param most how many may be told apart
     */
    static DoorTargets hold(SteeredGroup group, Roster roster, Map<WorkerId, ProcessId> workers, int most)
            throws IOException {
        List<Member> members =
                roster.hold(workers, List.of(group.address())).members().getOrDefault(group.address(), List.of());
        if (members.isEmpty()) {
            throw new IOException("no worker of it listens on " + group.address() + " as the one that serves does");
        }
        if (members.size() > most) {
            throw new IOException("it has " + members.size() + " listeners on " + group.address() + ", and at most "
                    + most + " can be told apart");
        }
        group.look();
        return new DoorTargets(group, members);
    }

    /** Such as {@code 2 workers}, or {@code 2 workers with 8 listeners}. */
    @Override
    public String toString() {
        long workers = members.stream().map(Member::worker).distinct().count();
        return Counts.text(workers, "worker")
                + (workers == members.size() ? "" : " with " + Counts.text(members.size(), "listener"));
    }
}
