package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.Split;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SteeringStatus;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Leads some clients to a canary, as long as another generation serves the rest. For one thread. */
final class Sharing {
    private final ServiceName service;
    private final Roster roster;
    private final Obstacles obstacles;
    private final Standings standings;
    private final Aside aside;
    private final WarmUp warmUp;
    private final Kernel kernel;
    private final Consumer<Event> inbox;
    private final Consumer<String> warnings;
    private final Again comparing;
    private Optional<Split> split = Optional.empty();
    private @Nullable ArrivalCount arrivals;
    /** Why there is none where there is a canary. */
    private String uncounted = "";

    /**
     * @param standings who serves the others
     * @param aside who is to get no new connections
     * @param warmUp what ends with the first clients
     */
    Sharing(
            ServiceName service,
            Roster roster,
            Obstacles obstacles,
            Standings standings,
            Aside aside,
            WarmUp warmUp,
            Kernel kernel,
            Consumer<Event> inbox,
            Consumer<String> warnings,
            Turns turns) {
        this.service = service;
        this.roster = roster;
        this.obstacles = obstacles;
        this.standings = standings;
        this.aside = aside;
        this.warmUp = warmUp;
        this.kernel = kernel;
        this.inbox = inbox;
        this.warnings = warnings;
        this.comparing = Again.seldom(turns, now -> compare());
    }

    Optional<GenerationId> canary() {
        return split.map(Split::canary);
    }

    boolean isCanary(GenerationId generation) {
        return canary().filter(generation::equals).isPresent();
    }

    /** Where some clients are led to this generation, if it is the canary. */
    Optional<List<ListenAddress>> ledTo(GenerationId generation) {
        return canary().filter(generation::equals)
                .map(it -> roster.groups().stream()
                        .filter(group -> group.isCanary(it))
                        .map(SteeredGroup::address)
                        .toList());
    }

    /**
     * There is another generation that serves: what goes wrong leaves everything as it is.
     *
     * @param running those of its workers that have not ended
     * @return whether the canary begins
     */
    boolean share(Effect.Share what, Map<WorkerId, ProcessId> running) {
        GenerationId generation = what.generation();
        boolean begins = !isCanary(generation);
        try {
            Roster.Found found = roster.hold(running, what.listen());
            Optional<String> unfit = begins ? unfit(what, found) : Optional.empty();
            if (unfit.isPresent()) {
                roster.drop(found.fresh());
                inbox.accept(new Event.Unfit(service, generation, unfit.get()));
                return false;
            }
            roster.dropUnsteered(found.fresh());
            share(new Split(service, generation, what.share()), found.members());
        } catch (IOException e) {
            inbox.accept(new Event.Unfit(service, generation, Why.of(e)));
            return false;
        }
        inbox.accept(new Event.Shared(service, generation));
        return begins;
    }

    /** Why the generation can't become a canary; one that is and has lost a worker goes on. */
    private Optional<String> unfit(Effect.Share what, Roster.Found found) {
        return misplaced(what.generation())
                .or(() -> obstacles.ended(what.workers()))
                .or(() -> obstacles.unfit(what.generation(), what.listen(), found))
                .or(() -> obstacles.unshared(what.listen(), found))
                .or(() -> obstacles.taken(found));
    }

    private Optional<String> misplaced(GenerationId generation) {
        Optional<GenerationId> other = canary().filter(canary -> !canary.equals(generation));
        if (other.isPresent()) {
            return Optional.of("generation " + other.get() + " is a canary already");
        }
        Optional<GenerationId> serving = standings.serving().filter(one -> !one.equals(generation));
        return serving.flatMap(standings::steeredTo).isPresent()
                ? Optional.empty()
                : Optional.of("no other generation is steered to, beside which it could get some of the clients");
    }

    /**
     * One setsockopt a group, once it is known where all stand.
     *
     * @param members the canary's, by their groups' addresses
     * @throws IOException if it can't be done in all groups; then it is in none, as far as that can be
     */
    private void share(Split next, Map<ListenAddress, List<Member>> members) throws IOException {
        Map<SteeredGroup, List<Member>> shared = new LinkedHashMap<>();
        for (SteeredGroup group : roster.groups()) {
            boolean listens = members.containsKey(group.address());
            if (group.isCanary(next.canary()) || (listens && !group.serving().isEmpty())) {
                group.look();
                shared.put(group, aside.without(members.getOrDefault(group.address(), List.of())));
            }
        }
        warmUp.discard();
        List<SteeredGroup> done = new ArrayList<>();
        try {
            for (Map.Entry<SteeredGroup, List<Member>> entry : shared.entrySet()) {
                for (Member member : entry.getValue()) {
                    member.listener().unseal();
                }
                entry.getKey().share(next, entry.getValue());
                done.add(entry.getKey());
            }
        } catch (IOException e) {
            done.forEach(this::undo);
            throw e;
        }
        split = Optional.of(next);
        count(next, done);
    }

    private void count(Split next, List<SteeredGroup> groups) {
        if (arrivals != null) {
            arrivals.next(next);
            return;
        }
        List<ListenAddress> at = groups.stream()
                .map(SteeredGroup::address)
                .filter(address -> address.transport() == Transport.TCP)
                .toList();
        if (at.isEmpty()) {
            uncounted = "datagrams are in no connection that could be counted";
            return;
        }
        try {
            arrivals = ArrivalCount.of(
                    next, at, source -> groups.stream().anyMatch(group -> group.isDoor(source)), kernel);
            comparing.begin();
        } catch (IOException e) {
            uncounted = Why.of(e);
        }
    }

    /** @return whether there is nothing left to compare */
    private boolean compare() {
        if (arrivals == null) {
            return true;
        }
        arrivals.compared().ifPresent(inbox);
        return false;
    }

    /** What has come to which; empty if all clients go to the one that serves. */
    Optional<SteeringStatus.Split> status() {
        if (arrivals != null) {
            return Optional.of(arrivals.figures());
        }
        SteeringStatus.Arrivals none = new SteeringStatus.Arrivals(0, 0);
        return split.map(one -> new SteeringStatus.Split(one.canary(), one.share(), none, none, none, uncounted));
    }

    private void undo(SteeredGroup group) {
        try {
            if (split.isPresent()) {
                group.share(split.get(), group.ledTo(split.get().canary()));
            } else {
                group.shareNoMore();
            }
        } catch (IOException e) {
            warnings.accept("new connections to " + group.address() + " may still go to a canary: " + Why.of(e));
        }
    }

    /** All clients go to the one that serves. */
    void end() {
        forget();
        roster.groups().forEach(this::undo);
    }

    /** The next program is one without; tells which clients have met the canary that is left, if there is one. */
    void left(GenerationId stays) {
        Optional<GenerationId> canary = canary().filter(one -> !one.equals(stays));
        if (canary.isPresent() && arrivals != null) {
            inbox.accept(new Event.CanaryMet(service, canary.get(), arrivals.met()));
        }
        forget();
    }

    /** The same, and says nothing. */
    void forget() {
        split = Optional.empty();
        if (arrivals != null) {
            arrivals.close();
            arrivals = null;
        }
    }
}
