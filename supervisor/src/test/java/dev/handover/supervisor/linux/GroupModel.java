package dev.handover.supervisor.linux;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/**
 * What a kernel does with a reuseport group of TCP listeners, where {@code net.ipv4.tcp_migrate_req} is 0: who gets which
 * connection, and what becomes of it. {@code GroupWalkTest} holds it against the kernel, step by step; there a handshake ends
 * with the client's first words (TCP_DEFER_ACCEPT), so that it can be seen in flight.
 */
public final class GroupModel {
    /** What a client's packets have left. */
    private static final int CLIENTS_HOPS = 64;

    /** What has become of a client's connection. */
    public enum Fate {
        /** Its handshake waits for its last packet. */
        IN_FLIGHT,
        /** In the queue of a listener. */
        QUEUED,
        /** The same, but its listener was sealed by then, so that it will never hear of its client. */
        DEAF,
        ACCEPTED,
        RESET
    }

    /** A listener, with the handshakes that it answered and the connections that nobody has accepted. */
    static final class Member {
        private final Set<Integer> inFlight = new HashSet<>();
        private final Deque<Integer> queue = new ArrayDeque<>();
        private int leastHops;
        private long drops;

        int leastHops() {
            return leastHops;
        }

        void setLeastHops(int hops) {
            leastHops = hops;
        }

        long drops() {
            return drops;
        }

        int waiting() {
            return queue.size();
        }

        Set<Integer> inFlight() {
            return inFlight;
        }

        boolean isSealed() {
            return leastHops > CLIENTS_HOPS;
        }

        /** Whether a packet is dropped. */
        boolean drops(int hops) {
            boolean drops = leastHops > hops;
            this.drops += drops ? 1 : 0;
            return drops;
        }

        @Override
        public String toString() {
            return (isSealed() ? "sealed " : "") + queue + " " + inFlight;
        }
    }

    private final List<Member> members = new ArrayList<>();
    private final Map<Integer, Fate> fates = new HashMap<>();
    /** By the client. */
    private final Map<Integer, Member> answered = new HashMap<>();

    /** Empty if there is none. */
    private List<Instruction> program = List.of();

    List<Member> members() {
        return members;
    }

    boolean contains(Member member) {
        return members.contains(member);
    }

    /** Each newcomer is the last. */
    Member join() {
        Member member = new Member();
        members.add(member);
        return member;
    }

    /** A listener is closed or ended: the last takes its place, and its connections end but those that were accepted. */
    void leave(Member gone) {
        resetWaiting(gone);
        int index = members.indexOf(gone);
        Member last = members.remove(members.size() - 1);
        if (last != gone) {
            members.set(index, last);
        }
    }

    void resetWaiting(Member member) {
        member.queue.forEach(client -> fates.put(client, Fate.RESET));
        member.queue.clear();
    }

    /** It stays as members come and go. */
    void attach(List<Instruction> instructions) {
        program = List.copyOf(instructions);
    }

    void detach() {
        program = List.of();
    }

    /**
     * The index that the program chooses for a packet, which the group need not have.
     *
     * @param number what it carries: {@link PacketMatch#trafficClass}
     * @return -1 without a program
     */
    int chosen(InetSocketAddress source, int hops, int number, int random) {
        return program.isEmpty() ? -1 : Interpreter.run(program, source, hops, number, random);
    }

    int chosen(InetSocketAddress client, int random) {
        return chosen(client, CLIENTS_HOPS, 0, random);
    }

    /**
     * Who gets a packet for which the program has chosen an index.
     *
     * @param hash one of so many, where the kernel's hash decides; any member's turn
     */
    Member at(int index, IntUnaryOperator hash) {
        return members.get(index >= 0 && index < members.size() ? index : hash.applyAsInt(members.size()));
    }

    /**
     * A client's SYN comes to a member.
     *
     * @return whether that answers; else the client hears nothing, and sends it again
     */
    boolean connect(int client, Member member) {
        if (member.drops(CLIENTS_HOPS)) {
            return false;
        }
        member.inFlight.add(client);
        answered.put(client, member);
        fates.put(client, Fate.IN_FLIGHT);
        return true;
    }

    /** A client whose handshake is in flight ends it: with whoever answered it, if he is still there. */
    void send(int client) {
        Member member = Objects.requireNonNull(answered.remove(client));
        member.inFlight.remove(client);
        if (members.contains(member)) {
            member.queue.add(client);
            fates.put(client, member.isSealed() ? Fate.DEAF : Fate.QUEUED);
        } else {
            fates.put(client, Fate.RESET);
        }
    }

    /** @return the client that waited longest */
    OptionalInt accept(Member member) {
        Integer first = member.queue.poll();
        if (first == null) {
            return OptionalInt.empty();
        }
        if (fate(first) == Fate.QUEUED) {
            fates.put(first, Fate.ACCEPTED);
        }
        return OptionalInt.of(first);
    }

    Fate fate(int client) {
        return Objects.requireNonNull(fates.get(client));
    }

    /** Nobody asks for it any more. */
    void forget(int client) {
        fates.remove(client);
    }

    List<Integer> inFlight() {
        return fates.keySet().stream()
                .filter(client -> fate(client) == Fate.IN_FLIGHT)
                .sorted()
                .toList();
    }

    @Override
    public String toString() {
        return program + ": " + members;
    }
}
