package dev.handover.supervisor.steering;

import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Who gets the share of a worker that died while it served, or was a canary: its siblings, then the one started in its place. Of
 * a canary without siblings, those that serve. For one thread.
 */
final class Substitution {
    private final Roster roster;
    private final Orphans orphans;
    private final Aside aside;
    private final Kernel kernel;
    private final Consumer<String> warnings;

    /** @param aside who is to get no new connections */
    Substitution(Roster roster, Orphans orphans, Aside aside, Kernel kernel, Consumer<String> warnings) {
        this.aside = aside;
        this.kernel = kernel;
        this.roster = roster;
        this.orphans = orphans;
        this.warnings = warnings;
    }

    /** @param patience how long what waits in its listeners may wait for an adopter, and then to be taken; 0 if none will come */
    void steerAway(WorkerId worker, Duration patience, long now) {
        for (SteeredGroup group : roster.groups()) {
            List<Member> dead = group.members(member -> member.worker().equals(worker));
            dead.forEach(member -> member.orphan(patience, now));
            try {
                if (dead.stream().anyMatch(group::isLedTo)) {
                    steerAway(group, worker.generation(), dead, patience, now);
                }
            } catch (IOException e) {
                warnings.accept(
                        worker + " has ended, and " + group.address() + " may still be steered to it: " + Why.of(e));
            }
        }
        orphans.passOn();
    }

    private void steerAway(SteeredGroup group, GenerationId generation, List<Member> dead, Duration patience, long now)
            throws IOException {
        boolean migrates = kernel.migratesRequests();
        List<Member> siblings = group.ledTo(generation).stream()
                .filter(member -> !member.isOrphan())
                .toList();
        if (!siblings.isEmpty() || group.isCanary(generation)) {
            group.look();
            group.lead(generation, siblings);
            if (migrates || !patience.isZero()) {
                letGo(group, dead, now);
            }
        } else if (!migrates && patience.isZero() && dead.get(0).isTcp()) {
            // What comes to the queue now would be lost; a SYN that is dropped is sent again.
            group.standIn(dead.get(0));
            letGo(group, dead, now);
        }
    }

    /** @param listen where its generation is steered to */
    void rejoin(WorkerId worker, ProcessId process, List<ListenAddress> listen, long now) {
        try {
            Roster.Found found = roster.hold(Map.of(worker, process), listen);
            found.misfits().forEach(text -> warnings.accept(worker.service() + ": " + text));
            substitute(worker, found, now);
        } catch (IOException e) {
            warnings.accept(worker + " (" + process + ") gets no new connections: " + Why.of(e));
        }
    }

    /** @param listen where its generation is steered to */
    void relisten(WorkerId worker, ProcessId process, List<ListenAddress> listen, long now) {
        try {
            replaceOwner(worker, process, listen, now);
        } catch (IOException e) {
            warnings.accept(
                    worker + " (" + process + ") has closed a listener, or opened one, and new connections may still"
                            + " go where they went: " + Why.of(e));
        }
    }

    /**
     * A worker that runs on has closed a listener, or a descendant of it that had one has ended, and nobody accepts from it
     * any more.
     *
     * @param listen where the worker's generation is steered to
     * @return whether somebody listens anew
     */
    boolean replaceOwner(WorkerId worker, ProcessId process, List<ListenAddress> listen, long now) throws IOException {
        Roster.Found found = roster.hold(Map.of(worker, process), listen);
        substitute(worker, found, now);
        for (SteeredGroup group : roster.groups()) {
            List<Member> left = group.members(member -> member.worker().equals(worker)
                    && !member.isStandIn()
                    && !member.isAttended(now)
                    && group.isLedTo(member));
            if (!left.isEmpty()) {
                left.forEach(member -> member.orphan(Duration.ZERO, now));
                steerAway(group, worker.generation(), left, Duration.ZERO, now);
            }
        }
        return !found.fresh().isEmpty();
    }

    private void substitute(WorkerId worker, Roster.Found found, long now) throws IOException {
        for (SteeredGroup group : roster.groups()) {
            if (roster.isTaken(group)) {
                continue; // its clients are another service's now, and all of this one's leave
            }
            List<Member> fresh = found.members().getOrDefault(group.address(), List.of());
            boolean canary = group.isCanary(worker.generation());
            List<Member> dead = group.members(member ->
                    (member.isOrphan() || member.isStandIn() || member.worker().equals(worker))
                            && group.isCanary(member.generation()) == canary
                            && !fresh.contains(member));
            if (!fresh.isEmpty() || !dead.isEmpty()) {
                replace(group, worker.generation(), dead, fresh, now);
            }
        }
    }

    /** In the places of the dead, so that other members keep their flows. */
    private void replace(SteeredGroup group, GenerationId generation, List<Member> dead, List<Member> fresh, long now)
            throws IOException {
        // As long as the newcomers, who stand last, don't serve: who stands before one that serves can't always leave.
        List<Member> idle =
                dead.stream().filter(member -> !group.isLedTo(member)).toList();
        letGo(group, idle, now);
        group.release(List.of(), now);
        List<Member> waiting = new ArrayList<>(fresh);
        Set<Member> next = new LinkedHashSet<>();
        for (Member member : group.ledTo(generation)) {
            if (!dead.contains(member)) {
                next.add(member);
            } else if (!waiting.isEmpty()) {
                next.add(waiting.remove(0));
            }
        }
        next.addAll(waiting);
        if (!next.isEmpty()) {
            group.lead(generation, aside.without(List.copyOf(next)));
        }
        letGo(
                group,
                dead.stream()
                        .filter(member -> !idle.contains(member) && !group.isLedTo(member))
                        .toList(),
                now);
    }

    /** Of dead workers: their queues go to others if the kernel migrates, or if others adopt them, and are lost if not. */
    private void letGo(SteeredGroup group, List<Member> dead, long now) {
        Map<WorkerId, List<Member>> byWorker = new TreeMap<>();
        dead.forEach(member -> byWorker.computeIfAbsent(member.worker(), none -> new ArrayList<>())
                .add(member));
        boolean adoptable = group.address().transport() == Transport.TCP && !kernel.migratesRequests();
        byWorker.values()
                .forEach(members ->
                        orphans.letGo(group, members, adoptable ? members.get(0).patience() : Duration.ZERO, now));
    }
}
