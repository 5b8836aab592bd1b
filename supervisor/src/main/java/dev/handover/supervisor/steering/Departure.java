package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.PacketBarrier;
import dev.handover.supervisor.linux.SocketRow;
import dev.handover.supervisor.terms.Counts;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a generation, or a worker, that is steered away from leaves in one group, and what became of it. For one thread. */
final class Departure {
    private final SteeredGroup group;
    private final ListenAddress address;
    private final List<Member> members;
    private final Kernel kernel;
    private List<SocketRow> waitedFor = List.of();
    private boolean captured;
    /** As of the last look. */
    private long moves;
    /** Why new connections still come to it; empty if they don't. */
    private String open = "";

    private long handshakes;
    private long queuedAtFlip;
    private long longestQueue;
    /** Lost, or as good as lost. */
    private long leftAtRelease;
    /**
     * Of what waited at the release, as much as the kernel has counted that it moved meanwhile, in the whole namespace:
     * perhaps these, which are not lost, then; perhaps another service's.
     */
    private long moved;

    /** Of those that keep their QUIC connections, when the datagram came that each had read last by the flip. */
    private final Map<Member, Long> lastRead = new HashMap<>();

    /** From how many of these a datagram was read after it. */
    private long readFrom;

    private int programs;
    private int overruled;
    private String unseen = "";
    private long groupsDrops;

    Departure(SteeredGroup group, List<Member> members, Kernel kernel) {
        this.group = group;
        this.address = group.address();
        this.moves = group.moves();
        this.members = new ArrayList<>(members);
        this.kernel = kernel;
    }

    ListenAddress address() {
        return address;
    }

    List<Member> members() {
        return List.copyOf(members);
    }

    /** What takes new clients until the leaving ones are released; it is released with them. */
    void add(Member standIn) {
        members.add(standIn);
    }

    /** At the flip. The newcomers' handshakes since then are among them: they can't be told apart. */
    void countHandshakes(long now) throws LinuxException {
        handshakes = inFlight().size();
        queuedAtFlip = queued(now);
        for (Member member : members) {
            if (member.tag().isPresent()) {
                lastRead.put(member, member.listener().lastRead());
            }
        }
    }

    /**
     * Takes the handshakes to wait for. To be called after a {@link PacketBarrier}: no handshake begins with an old listener
     * any more, so that none escapes the set.
     */
    void capture() throws LinuxException {
        waitedFor = inFlight();
        captured = true;
    }

    /** New connections can't be kept from coming to it: it never runs empty, and is not waited for. */
    void leaveOpen(String why) {
        open = why;
    }

    /** Why it is not waited for; empty if it is. */
    String open() {
        return open;
    }

    /** Whether nothing is in flight or waits in a listener whose worker can still accept; if so, all are sealed. */
    boolean isEmpty(long now) throws IOException {
        forgetReleased();
        if (!waitedFor.isEmpty()) {
            waitedFor = kernel.stillInFlight(waitedFor, address);
        }
        // Handshakes first: one that ends between the two looks is in the queue at the second.
        if (!waitedFor.isEmpty() || queued(now) != 0) {
            return false;
        }
        if (wereMovedHere()) {
            kernel.barrier().await();
            capture();
            return false;
        }
        for (Member member : members) {
            member.seal();
        }
        long late = queued(now);
        if (late == 0) {
            return true;
        }
        // Who was led here by a stranger's leaving, and may be deaf: see HeldListener#seal.
        leftAtRelease += late;
        for (Member member : members) {
            if (!member.isStandIn()) {
                member.listener().unseal();
            }
        }
        return false;
    }

    /** Whether new connections may have been led here since the last look, as somebody had left unseen; they are no more. */
    private boolean wereMovedHere() {
        try {
            group.look();
        } catch (IOException e) {
            return false; // Who comes here meanwhile is seen in the queue, if he is.
        }
        long before = moves;
        moves = group.moves();
        return moves != before;
    }

    /** What a dead worker left may have been let go of by itself; what became of that has been told. */
    private void forgetReleased() {
        members.removeIf(member -> !member.listener().isHeld());
        lastRead.keySet().removeIf(member -> !member.listener().isHeld());
    }

    /** Connections that wait now in all of it. */
    long waiting() throws LinuxException {
        forgetReleased();
        long sum = 0;
        for (Member member : members) {
            sum += member.waiting();
        }
        return sum;
    }

    /** What waits now; left out is what waits where nobody accepts, since no wait would help it, and where more may come. */
    private long queued(long now) throws LinuxException {
        long sum = 0;
        for (Member member : members) {
            long waiting = member.waiting();
            longestQueue = Math.max(longestQueue, waiting);
            boolean attended = waiting != 0 && (member.isAttended(now) || member.isLeftUntold());
            sum += attended && member.tag().isEmpty() ? waiting : 0;
        }
        return sum;
    }

    /** Lets go of the listeners. What sits in them is lost and counted, but for what the kernel moves to others. */
    void release(long now) throws IOException {
        forgetReleased();
        for (Member member : members) {
            member.seal();
        }
        leftAtRelease += waiting();
        for (Map.Entry<Member, Long> before : lastRead.entrySet()) {
            readFrom += before.getKey().listener().lastRead() == before.getValue() ? 0 : 1;
        }
        long before = Departures.counters(kernel).migrateSuccess();
        if (members.stream().anyMatch(group::serves)) {
            group.serveNobody();
        }
        group.release(members, now);
        programs = group.takePrograms();
        overruled = group.takeOverruled();
        unseen = group.takeUnseen();
        groupsDrops = group.drops();
        long migrated = Departures.counters(kernel).migrateSuccess() - before;
        // Whom the kernel moves where it is not told to, another service's own program moves.
        if (leftAtRelease > 0 && migrated > 0 && kernel.migratesRequests()) {
            moved = Math.min(leftAtRelease, migrated);
            leftAtRelease -= moved;
        }
    }

    /** What its figures don't show. */
    List<String> caveats() {
        List<String> all = new ArrayList<>();
        if (!captured && address.transport() == Transport.TCP) {
            all.add(address + ": handshakes in flight may have been lost unseen, since they were never looked at"
                    + (open.isEmpty() ? "" : ": " + open));
        }
        all.addAll(ofProgram());
        if (moved > 0) {
            all.add(address + ": " + Counts.text(moved, "connection")
                    + " that waited at the release may have been lost:"
                    + " the kernel counted as many that it moved, but not whose they were");
        }
        return all;
    }

    /** Those that are about the group's program, and so about all that left the group meanwhile. */
    List<String> ofProgram() {
        List<String> all = new ArrayList<>();
        if (overruled > 0) {
            all.add(address + ": another program than the supervisor's was the group's, "
                    + Counts.text(overruled, "time") + " that it was looked at: a worker, or another process that"
                    + " listens there, has set it (SO_ATTACH_REUSEPORT_CBPF or _EBPF); where new connections went"
                    + " meanwhile is not known");
        }
        if (!unseen.isEmpty()) {
            all.add(address + ": whether another program than the supervisor's was the group's can't be told: "
                    + unseen);
        }
        return all;
    }

    /** Whether the kernel moved some that waited at the {@link #release}, or others: it doesn't say which. */
    boolean mayHaveLost() {
        return moved > 0;
    }

    /** What waited at the {@link #release} and was lost. */
    long lost() {
        return leftAtRelease;
    }

    private List<SocketRow> inFlight() throws LinuxException {
        return address.transport() == Transport.TCP ? kernel.handshakes(address) : List.of();
    }

    /** @param dropsBefore what the group's listeners had dropped when it began */
    Ledger.Group ledger(long dropsBefore) {
        int handshakesLeft = waitedFor.size();
        long accepted = Math.max(0, handshakes + queuedAtFlip - handshakesLeft - leftAtRelease);
        long dropped = Math.max(0, groupsDrops - dropsBefore);
        return new Ledger.Group(
                address,
                handshakes,
                longestQueue,
                accepted,
                handshakesLeft,
                leftAtRelease,
                dropped,
                lastRead.size(),
                readFrom,
                programs);
    }
}
