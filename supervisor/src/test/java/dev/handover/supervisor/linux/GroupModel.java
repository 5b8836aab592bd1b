package dev.handover.supervisor.linux;

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

/**
 * What a kernel does with a reuseport group of TCP listeners whose handshakes end with the client's first words
 * (TCP_DEFER_ACCEPT), where {@code net.ipv4.tcp_migrate_req} is 0. {@code GroupWalkTest} holds it against the kernel, step by step.
 */
final class GroupModel {
    /** What has become of a client's connection. */
    enum Fate {
        /** Its handshake waits for its first words. */
        IN_FLIGHT,
        /** In the queue of a listener. */
        QUEUED,
        ACCEPTED,
        RESET
    }

    /** A listener, with the handshakes that it answered and the connections that nobody has accepted. */
    private static final class Member {
        private final Set<Integer> inFlight = new HashSet<>();
        private final Deque<Integer> queue = new ArrayDeque<>();
        private boolean sealed;
    }

    private final List<Member> members = new ArrayList<>();
    private final Map<Integer, Fate> fates = new HashMap<>();
    /** By the client. */
    private final Map<Integer, Member> answered = new HashMap<>();

    private OptionalInt program = OptionalInt.empty();

    int size() {
        return members.size();
    }

    /** Each newcomer is the last. */
    void join() {
        members.add(new Member());
    }

    /** A listener is closed or ended: the last takes its place, and its connections end but those that were accepted. */
    void leave(int index) {
        Member gone = members.get(index);
        resetWaiting(index);
        Member last = members.remove(members.size() - 1);
        if (last != gone) {
            members.set(index, last);
        }
    }

    void resetWaiting(int index) {
        Deque<Integer> queue = members.get(index).queue;
        queue.forEach(client -> fates.put(client, Fate.RESET));
        queue.clear();
    }

    /** All new connections go to the member at this index, whoever that is at the time. */
    void lead(int index) {
        program = OptionalInt.of(index);
    }

    void leadNowhere() {
        program = OptionalInt.empty();
    }

    boolean isSealed(int index) {
        return members.get(index).sealed;
    }

    void seal(int index, boolean sealed) {
        members.get(index).sealed = sealed;
    }

    boolean hasHandshakes(int index) {
        return !members.get(index).inFlight.isEmpty();
    }

    /** To whom packets that belong to no connection go; empty where the kernel's hash decides: any member's turn. */
    OptionalInt led() {
        return program.isPresent() && program.getAsInt() < members.size() ? program : OptionalInt.empty();
    }

    /** A client's SYN has been answered for the member. */
    void connect(int client, int index) {
        Member member = members.get(index);
        member.inFlight.add(client);
        answered.put(client, member);
        fates.put(client, Fate.IN_FLIGHT);
    }

    /** A client whose handshake is in flight sends its first words: to whoever answered it, if he is still there. */
    void send(int client) {
        Member member = Objects.requireNonNull(answered.get(client));
        member.inFlight.remove(client);
        if (members.contains(member)) {
            member.queue.add(client);
            fates.put(client, Fate.QUEUED);
        } else {
            fates.put(client, Fate.RESET);
        }
    }

    /** @return the client that waited longest */
    OptionalInt accept(int index) {
        Integer first = members.get(index).queue.poll();
        if (first == null) {
            return OptionalInt.empty();
        }
        fates.put(first, Fate.ACCEPTED);
        return OptionalInt.of(first);
    }

    int waiting(int index) {
        return members.get(index).queue.size();
    }

    Fate fate(int client) {
        return Objects.requireNonNull(fates.get(client));
    }

    List<Integer> inFlight() {
        return fates.keySet().stream()
                .filter(client -> fate(client) == Fate.IN_FLIGHT)
                .sorted()
                .toList();
    }

    @Override
    public String toString() {
        List<String> told = new ArrayList<>();
        for (Member one : members) {
            told.add((one.sealed ? "sealed " : "") + one.queue + " " + one.inFlight);
        }
        return "led to " + program + ": " + told;
    }
}
