package dev.handover.supervisor.terms;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one handover did, counted.
 *
 * @param mode how connections were moved
 * @param why why in this mode and not in a better one; empty when {@link Mode#STEERED}
 * @param groups one for each group that the old generation listened in
 * @param counters the network namespace's counters, which other programs move too: their change during the handover
 * @param caveats what these figures don't show and may have cost connections, in words: an old worker that was ended
 *     before it had finished what it accepted, or something that could not be counted
 * @param drain what became of the connections that the old workers had accepted
 */
public record Ledger(
        Mode mode, String why, List<Group> groups, Counters counters, List<String> caveats, DrainAccount drain) {
    public Ledger {
        groups = List.copyOf(groups);
        caveats = List.copyOf(caveats);
    }

    /** What steering counts: of what the old workers had accepted it knows nothing. */
    public Ledger(Mode mode, String why, List<Group> groups, Counters counters, List<String> caveats) {
        this(mode, why, groups, counters, caveats, DrainAccount.NOTHING);
    }

    /** The same, with what became of the connections that the old workers had accepted. */
    public Ledger withDrain(DrainAccount account) {
        return new Ledger(mode, why, groups, counters, caveats, account);
    }

    /** The same, with more that the figures don't show. */
    public Ledger withCaveats(List<String> more) {
        return new Ledger(
                mode,
                why,
                groups,
                counters,
                Stream.concat(caveats.stream(), more.stream()).toList(),
                drain);
    }

    /** How new connections get from one generation to the next; from the best to the worst. */
    public enum Mode {
        /** A program steers the group: handshakes in flight and accept queues run empty before a listener closes. */
        STEERED,
        /** The kernel moves them to other members as a listener closes (net.ipv4.tcp_migrate_req=1). */
        MIGRATE,
        /** The old generation closes, and what its listeners hold is reset. */
        PLAIN
    }

    /**
     * One group of the old generation.
     *
     * @param handshakes peers in SYN_RECV at the flip
     * @param longestQueue the longest accept queue that was seen in an old listener after it; for UDP, where the kernel
     *     tells no number of datagrams, the most of its own memory, in bytes, that those waiting in one took
     * @param acceptedAfterFlip what was in flight to it or waited in its queues at the flip, and is gone from there
     *     without being lost: accepted, but for clients that gave up their handshake; says nothing for UDP
     * @param handshakesLeft of those peers, how many had not left SYN_RECV at the end of the quiesce
     * @param leftAtRelease connections still queued in old listeners when they were released: lost; for UDP, the
     *     kernel's memory that the lost datagrams took
     * @param dropped packets that the group's listeners, old and new, dropped from the flip to the release, the supervisor's
     *     own probes aside: connections and handshakes that full queues refused, datagrams that found their buffer full, but
     *     also what was malformed, filtered or too early (TCP_DEFER_ACCEPT)
     * @param tagged how many of its listeners kept their QUIC connections, by a {@link QuicTag}
     * @param readFrom from how many of these the old workers read a datagram after the flip
     * @param programs how often the group's program was set for it, from the newcomers' placing to the release; on a
     *     kernel with CVE-2026-52910 each time is a risk
     */
    public record Group(
            ListenAddress address,
            long handshakes,
            long longestQueue,
            long acceptedAfterFlip,
            long handshakesLeft,
            long leftAtRelease,
            long dropped,
            long tagged,
            long readFrom,
            int programs) {
        /** Of one without tags. */
        public Group(
                ListenAddress address,
                long handshakes,
                long longestQueue,
                long acceptedAfterFlip,
                long handshakesLeft,
                long leftAtRelease,
                long dropped,
                int programs) {
            this(
                    address,
                    handshakes,
                    longestQueue,
                    acceptedAfterFlip,
                    handshakesLeft,
                    leftAtRelease,
                    dropped,
                    0,
                    0,
                    programs);
        }

        /** Whether a packet that was dropped may have been a client's, and never sent again. */
        private boolean mayHaveLostPackets(Counters counters) {
            return dropped > 0 && (isOfDatagrams() || counters.listenOverflows() > 0);
        }

        private boolean isOfDatagrams() {
            return address.transport() == ListenAddress.Transport.UDP;
        }

        private long connectionsLeft() {
            return isOfDatagrams() ? 0 : leftAtRelease;
        }

        private boolean leftDatagrams() {
            return isOfDatagrams() && leftAtRelease > 0;
        }

        /** How far it has run empty, for people. */
        public String progress() {
            return isOfDatagrams()
                    ? address + ": datagrams that waited took up to " + longestQueue + " bytes of kernel memory"
                    : address + ": " + handshakes + " handshakes in flight, " + handshakesLeft + " left; longest queue "
                            + longestQueue;
        }

        /** What its queues did from the flip on, for people; not how often its program was set. */
        public String queues() {
            if (isOfDatagrams()) {
                return address + ": datagrams that waited took up to " + longestQueue
                        + " bytes of kernel memory after the flip, " + leftAtRelease + " at release, "
                        + Counts.text(dropped, "datagram") + " dropped"
                        + (tagged == 0
                                ? ""
                                : ", read from " + readFrom + " of " + Counts.text(tagged, "old socket")
                                        + " that kept the flows with its tag");
            }
            return address + ": " + Counts.text(handshakes, "handshake") + " in flight at the flip, longest queue "
                    + longestQueue + ", " + acceptedAfterFlip + " accepted after it, "
                    + Counts.text(handshakesLeft, "handshake")
                    + " left, " + leftAtRelease + " left at release";
        }

        /** For people. */
        @Override
        public String toString() {
            return queues() + ", program set " + Counts.text(programs, "time");
        }
    }

    /**
     * Counters of a network namespace's TCP, or how much each has grown.
     *
     * @param listenOverflows connections refused because an accept queue was full
     * @param listenDrops handshakes and connections lost at listening sockets, overflows included
     * @param migrateSuccess handshakes and waiting connections that the kernel moved from a closing listener to another
     *     member
     * @param migrateFailure those that it could not move
     */
    public record Counters(long listenOverflows, long listenDrops, long migrateSuccess, long migrateFailure) {
        public static final Counters ZERO = new Counters(0, 0, 0, 0);

        public Counters since(Counters before) {
            return new Counters(
                    listenOverflows - before.listenOverflows,
                    listenDrops - before.listenDrops,
                    migrateSuccess - before.migrateSuccess,
                    migrateFailure - before.migrateFailure);
        }

        /** For people. */
        @Override
        public String toString() {
            return "ListenOverflows +" + listenOverflows + ", ListenDrops +" + listenDrops + ", TCPMigrateReqSuccess +"
                    + migrateSuccess + ", TCPMigrateReqFailure +" + migrateFailure;
        }
    }

    /** Whether the figures, and the witnesses of the drain, show that no connection was lost: nothing less is called so. */
    public boolean isLossless() {
        return mode == Mode.STEERED
                && caveats.isEmpty()
                && groups.stream().noneMatch(group -> group.mayHaveLostPackets(counters))
                && !groups.isEmpty()
                && groups.stream().allMatch(group -> group.handshakesLeft() == 0 && group.leftAtRelease() == 0)
                && drain.showsNoCut();
    }

    /** Whether they show that one was, or a datagram. */
    public boolean showsLoss() {
        return drain.cut() > 0 || groups.stream().anyMatch(group -> group.leftAtRelease() > 0);
    }

    /** For people: lossless, or not, or why neither is shown. */
    public String verdict() {
        if (isLossless()) {
            return "lossless";
        }
        if (drain.cut() > 0) {
            return "not lossless: " + Counts.text(drain.cut(), "connection") + " cut";
        }
        long left = groups.stream().mapToLong(Group::connectionsLeft).sum();
        if (left > 0) {
            return "not lossless: " + left + " left at release";
        }
        return groups.stream()
                .filter(Group::leftDatagrams)
                .findFirst()
                .map(group -> "not lossless: " + group.address() + ": datagrams left in the queue at release")
                .orElseGet(() -> "not shown: " + doubt());
    }

    private String doubt() {
        if (mode != Mode.STEERED) {
            return "what old listeners still held as they closed was not waited for";
        }
        return Stream.of(
                        drain.doubts().stream(),
                        caveats.stream(),
                        groups.stream()
                                .filter(group -> group.mayHaveLostPackets(counters))
                                .map(group -> group.isOfDatagrams()
                                        ? group.address() + " dropped " + Counts.text(group.dropped(), "datagram")
                                        : "accept queues ran over (ListenOverflows), and " + group.address()
                                                + " dropped " + Counts.text(group.dropped(), "packet")),
                        groups.stream()
                                .filter(group -> group.handshakesLeft() > 0)
                                .map(group -> Counts.text(group.handshakesLeft(), "handshake") + " left"),
                        Stream.of("no listener was steered"))
                .flatMap(Function.identity())
                .findFirst()
                .orElseThrow();
    }

    /** For people, in one line. */
    @Override
    public String toString() {
        String first =
                verdict() + ", " + mode.name().toLowerCase(Locale.ROOT) + (why.isEmpty() ? "" : " (" + why + ")");
        String figures = groups.stream().map(group -> group + "; ").collect(Collectors.joining());
        String more = Stream.concat(drain.doubts().stream(), caveats.stream())
                .map(caveat -> "; " + caveat)
                .collect(Collectors.joining());
        boolean hasConnections = groups.isEmpty() || !groups.stream().allMatch(Group::isOfDatagrams);
        return first + "; " + (hasConnections ? drain + "; " : "") + figures + counters + more;
    }
}
