package dev.handover.supervisor.terms;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a service's new connections are moved, and who stands where in its groups.
 *
 * @param mode of the generation that serves
 * @param why why in this mode and not in a better one; empty when steered
 * @param split where some clients are led to a canary; empty where all are led to the generation that serves
 * @param groups one for each address that is steered
 */
public record SteeringStatus(Ledger.Mode mode, String why, Optional<Split> split, List<Group> groups) {
    public SteeringStatus {
        groups = List.copyOf(groups);
    }

    /**
     * That new connections go to two generations.
     *
     * @param canary the one that some clients get
     * @param share which clients
     * @param toCanary what came to it since the share was asked for, as far as it was seen
     * @param toServing and what came to the one that serves
     * @param ever what came to the canary since there is one, of earlier shares, too
     * @param unseen why some may be missing, or all; empty where none are
     */
    public record Split(
            GenerationId canary,
            CanaryShare share,
            Arrivals toCanary,
            Arrivals toServing,
            Arrivals ever,
            String unseen) {}

    /**
     * New connections of TCP, seen in the kernel.
     *
     * @param connections how many
     * @param clients of how many addresses, of IPv6 of how many networks of 64 bits
     */
    public record Arrivals(long connections, long clients) {}

    /**
     * The kernel's reuseport group of one address.
     *
     * @param members by index
     * @param rivals who gets clients of the address before the group does
     * @param dropped packets that its listeners have dropped while this supervisor held them ({@link Ledger.Group#dropped})
     */
    public record Group(ListenAddress address, List<Member> members, List<Rival> rivals, long dropped) {
        public Group {
            members = List.copyOf(members);
            rivals = List.copyOf(rivals);
        }
    }

    /**
     * A socket that is none of this supervisor's, in another group that the kernel prefers: at a more particular address, say.
     *
     * @param address where it listens, in the form of the configuration: clients of that come to it
     * @param pid of a process that has it open, if one can be seen
     * @param command that process's; empty if none can be seen
     */
    public record Rival(String address, OptionalLong pid, String command) {}

    /**
     * One listener of a group.
     *
     * @param worker whose it is; empty for a stranger's
     * @param pid of a process that has it open, if one can be seen
     * @param command of a stranger's process; empty else
     * @param waiting connections that wait in it to be accepted; for UDP, bytes of the kernel's memory that datagrams take
     *     there. 0 too where it is not held
     */
    public record Member(Role role, Optional<WorkerId> worker, OptionalLong pid, String command, long waiting) {}

    /** What a group's member gets. */
    public enum Role {
        /** New connections. */
        SERVES,
        /** New connections of the clients that are led to a canary. */
        CANARY,
        /** Nothing new: its generation is steered away from, or is not steered to yet, or its worker is set aside. */
        WAITS,
        /** Nothing: it is closed but for a duplicate that keeps its place in the group until that can be moved. */
        RELEASED,
        /** Nothing new: its worker has ended, and what waits in it is for others to adopt. */
        ORPHAN,
        /** What comes while no worker can take it; it waits, being told nothing. The supervisor's own. */
        STAND_IN,
        /** Nothing: a process that is no worker of this supervisor has opened it. */
        STRANGER
    }
}
