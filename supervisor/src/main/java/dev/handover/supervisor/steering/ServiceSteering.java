package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.linux.KernelSettings;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.linux.TcpCounters;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SteeringStatus;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The steering of one service. For one thread. */
final class ServiceSteering {
    /** Who recycles its children starts the next one in less. */
    private static final long REPLACEMENT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final ServiceName service;
    private final SockDiag sockets;
    private final Roster roster;
    private final Orphans orphans;
    private final Substitution substitution;
    private final Consumer<Event> inbox;
    private final Consumer<String> warnings;
    private final Map<GenerationId, Standing> standings = new HashMap<>();
    private final Map<GenerationId, Departures> departures = new HashMap<>();
    /** Workers that lack a descendant which listened. */
    private final Map<WorkerId, Bereft> bereft = new TreeMap<>();

    private @Nullable GenerationId serving;

    /** @param until when somebody is expected in its place, on the monotonic clock */
    private record Bereft(ProcessId process, long until) {}

    /** How a generation was steered to, and where it listens. */
    private record Standing(List<ListenAddress> listen, Mode mode, String why) {}

    ServiceSteering(
            ServiceName service,
            SockDiag sockets,
            Roster roster,
            Consumer<Event> inbox,
            Consumer<String> warnings,
            BiPredicate<WorkerId, HeldListener> pass) {
        this.service = service;
        this.sockets = sockets;
        this.roster = roster;
        this.orphans = new Orphans(roster, sockets, pass, warnings);
        this.substitution = new Substitution(roster, orphans, warnings);
        this.inbox = inbox;
        this.warnings = warnings;
    }

    /** All but a quiesce, which takes many turns. */
    void perform(Effect.OfSteering effect) {
        if (effect instanceof Effect.Hold hold) {
            hold(hold.worker(), hold.process(), hold.listen());
        } else if (effect instanceof Effect.Steer steer) {
            steer(steer.generation(), steer.workers(), steer.listen());
        } else if (effect instanceof Effect.GiveUp giveUp) {
            fallBack(giveUp.generation(), giveUp.listen(), "as configured");
        } else if (effect instanceof Effect.Release release) {
            release(release.generation());
        } else if (effect instanceof Effect.Rejoin rejoin) {
            rejoin(rejoin.worker(), rejoin.process());
        } else if (effect instanceof Effect.SteerAway away) {
            substitution.steerAway(away.worker(), away.patience());
        } else if (effect instanceof Effect.Adopters those) {
            orphans.adopters(those.adopters());
        } else {
            throw new IllegalArgumentException("nobody steers by " + effect);
        }
    }

    List<SteeredGroup> groups() {
        return roster.groups();
    }

    /** Where nothing is pinned, a listener that is held before its generation serves would take clients: there, it waits. */
    private void hold(WorkerId worker, ProcessId process, List<ListenAddress> listen) {
        List<ListenAddress> pinned = roster.groups().stream()
                .filter(group -> !group.serving().isEmpty())
                .map(SteeredGroup::address)
                .filter(listen::contains)
                .toList();
        if (pinned.isEmpty()) {
            return;
        }
        try {
            roster.holdOwn(worker, process, pinned);
            for (ListenAddress address : pinned) {
                roster.group(address).release(List.of());
            }
        } catch (IOException e) {
            // To steer meets it again, and answers.
        }
    }

    private void steer(GenerationId generation, Map<WorkerId, ProcessId> workers, List<ListenAddress> listen) {
        try {
            Roster.Found found = roster.hold(workers, listen);
            Optional<String> unfit = ended(generation, workers).or(() -> unfit(generation, listen, found));
            if (unfit.isPresent()) {
                roster.drop(found.fresh());
                inbox.accept(new Event.Unfit(service, generation, unfit.get()));
            } else if (found.members().isEmpty()) {
                roster.forgetEmpty();
                throw new IOException(
                        listen.isEmpty() ? "no listener is declared" : String.join("; ", found.misfits()));
            } else {
                flip(generation, listen, found.members());
            }
        } catch (IOException e) {
            ended(generation, workers)
                    .ifPresentOrElse(
                            why -> inbox.accept(new Event.Unfit(service, generation, why)),
                            () -> fallBack(generation, listen, String.valueOf(e.getMessage())));
        }
    }

    /** A new worker may have ended so lately that nobody has heard of it. Clients stay where they are, then. */
    private Optional<String> ended(GenerationId generation, Map<WorkerId, ProcessId> workers) {
        if (serving == null || standings.containsKey(generation)) {
            return Optional.empty();
        }
        return workers.entrySet().stream()
                .filter(worker -> !Member.runs(worker.getValue()))
                .map(worker -> worker.getKey() + " (" + worker.getValue() + ") has ended")
                .sorted()
                .findFirst();
    }

    /** What keeps the generation from taking over where the serving one is steered to. */
    private Optional<String> unfit(GenerationId generation, List<ListenAddress> listen, Roster.Found found) {
        for (SteeredGroup group : roster.groups()) {
            ListenAddress address = group.address();
            if (!group.serving().isEmpty() && listen.contains(address)) {
                if (!found.misfits().isEmpty()) {
                    return Optional.of(String.join("; ", found.misfits()));
                }
                if (!found.members().containsKey(address)) {
                    return Optional.of(
                            "no worker of generation " + generation + " listens on " + address + ", where generation "
                                    + serving + " serves; let it listen there, or declare it no longer");
                }
            }
        }
        return Optional.empty();
    }

    private void flip(GenerationId generation, List<ListenAddress> listen, Map<ListenAddress, List<Member>> members)
            throws IOException {
        TcpCounters before = TcpCounters.read();
        for (ListenAddress address : members.keySet()) {
            // The newcomers stand last and don't serve: what had to hold a place until now can leave.
            roster.group(address).release(List.of());
        }
        for (Map.Entry<ListenAddress, List<Member>> entry : members.entrySet()) {
            for (Member one : entry.getValue()) {
                one.listener().unseal();
            }
            roster.group(entry.getKey()).serve(entry.getValue());
        }
        GenerationId previous = serving;
        serving = generation;
        standings.put(generation, new Standing(listen, Mode.STEERED, ""));
        departures.remove(generation);
        orphans.forgetAllBut(generation);
        inbox.accept(new Event.Steered(service, generation, Mode.STEERED, ""));
        if (previous != null && !previous.equals(generation)) {
            Departures all = new Departures(leaving(previous), before);
            departures.put(previous, all);
            all.count();
        }
    }

    private List<Departure> leaving(GenerationId generation) {
        List<Departure> departures = new ArrayList<>();
        for (SteeredGroup group : roster.groups()) {
            List<Member> members = group.members(one -> one.generation().equals(generation));
            if (!members.isEmpty()) {
                departures.add(new Departure(group.address(), members, sockets));
            }
        }
        return departures;
    }

    /** Without a program, and with nothing held: old workers close, and what their listeners hold depends on the kernel. */
    private void fallBack(GenerationId generation, List<ListenAddress> listen, String why) {
        for (SteeredGroup group : roster.groups()) {
            try {
                group.giveUp();
            } catch (IOException e) {
                warnings.accept(service + ": " + group.address() + " may still be steered to generation " + serving
                        + ": " + e.getMessage());
            }
        }
        orphans.forgetAll();
        roster.forgetEmpty();
        boolean migrates = listen.stream().anyMatch(address -> address.transport() == Transport.TCP)
                && KernelSettings.migratesRequests();
        Mode mode = migrates ? Mode.MIGRATE : Mode.PLAIN;
        standings.put(generation, new Standing(listen, mode, why));
        serving = generation;
        inbox.accept(new Event.Steered(service, generation, mode, why));
    }

    /** @return empty if there is nothing to wait for */
    Optional<Departures> departures(GenerationId generation) {
        if (!departures.containsKey(generation) && !leaving(generation).isEmpty()) {
            // It leaves without a successor.
            departures.put(generation, new Departures(leaving(generation), Departures.counters()));
        }
        return Optional.ofNullable(departures.get(generation));
    }

    /** Whether this way out is still the generation's; it may serve again, be released, or leave anew. */
    @SuppressWarnings("ReferenceEquality")
    boolean isLeaving(GenerationId generation, Departures these) {
        return departures.get(generation) == these;
    }

    /** Where a generation still serves but is to leave, since its successor does not listen there: takes nobody new. */
    void closeDoors(Departures departures) {
        for (Departure departure : departures.all()) {
            SteeredGroup group = roster.group(departure.address());
            Optional<Member> serving =
                    departure.members().stream().filter(group::serves).findFirst();
            if (serving.isPresent() && serving.get().isTcp()) {
                try {
                    departure.add(group.standIn(serving.get()));
                    departures.movedLater();
                } catch (IOException e) {
                    departure.leaveOpen("new connections to it can't be made to wait: " + e.getMessage());
                }
            }
        }
    }

    private void release(GenerationId generation) {
        orphans.forget(generation);
        Ledger ledger = released(generation);
        standings.remove(generation);
        departures.remove(generation);
        if (generation.equals(serving)) {
            serving = null;
        }
        roster.forgetEmpty();
        inbox.accept(new Event.Released(service, generation, ledger));
    }

    private Ledger released(GenerationId generation) {
        Standing worst = worst(generation);
        Optional<Departures> leaving = departures(generation);
        if (leaving.isEmpty()) {
            return new Ledger(worst.mode(), worst.why(), List.of(), Ledger.Counters.ZERO, List.of());
        }
        for (Departure departure : leaving.get().all()) {
            SteeredGroup group = roster.group(departure.address());
            try {
                departure.release(group);
            } catch (IOException e) {
                warnings.accept(service + " generation " + generation + ": " + departure.address()
                        + " is released without its order known, so a new connection may take a second longer: "
                        + e.getMessage());
                group.drop(departure.members());
            }
        }
        return leaving.get().ledger(worst.mode(), worst.why());
    }

    /** A handover is no better than the worse of the two generations' modes. */
    private Standing worst(GenerationId generation) {
        // One that an earlier supervisor steered away from has none of its own.
        Standing none = new Standing(List.of(), Mode.PLAIN, "it was never steered to");
        Standing next = standings.getOrDefault(serving == null ? generation : serving, none);
        Standing own = standings.getOrDefault(generation, next);
        return own.mode().compareTo(next.mode()) >= 0 ? own : next;
    }

    private void rejoin(WorkerId worker, ProcessId process) {
        Standing standing = standings.get(worker.generation());
        if (standing != null
                && standing.mode() == Mode.STEERED
                && worker.generation().equals(serving)) {
            substitution.rejoin(worker, process, standing.listen());
        }
    }

    /** Of whose ends nobody but the kernel tells: descendants of workers that have serving listeners open themselves. */
    Set<ProcessId> owners() {
        return roster.groups().stream()
                .flatMap(group -> group.serving().stream())
                .filter(Member::isOwnedByDescendant)
                .map(Member::owner)
                .collect(Collectors.toSet());
    }

    /** An owner may have ended: its worker's other descendants are looked at, until one listens in its place. */
    void ownerEnded() {
        for (SteeredGroup group : roster.groups()) {
            group.serving().stream()
                    .filter(one -> !Member.runs(one.owner()))
                    .forEach(one ->
                            bereft.put(one.worker(), new Bereft(one.process(), System.nanoTime() + REPLACEMENT_NANOS)));
        }
    }

    /**
     * Sees to it that new connections go to who listens, where owners have ended.
     *
     * @return whether nobody is left to be replaced
     */
    boolean replaceOwners() {
        bereft.entrySet().removeIf(one -> {
            WorkerId worker = one.getKey();
            ProcessId process = one.getValue().process();
            Standing standing = standings.get(worker.generation());
            boolean serves = worker.generation().equals(serving) && Member.runs(process);
            if (!serves || standing == null || standing.mode() != Mode.STEERED) {
                return true; // its worker has ended, or leaves; that is followed elsewhere
            }
            try {
                return substitution.replaceOwner(worker, process, standing.listen())
                        || System.nanoTime() - one.getValue().until() >= 0;
            } catch (IOException e) {
                warnings.accept(worker + " (" + process
                        + "): a descendant has ended, and new connections may still go to it: " + e.getMessage());
                return true;
            }
        });
        return bereft.isEmpty();
    }

    Orphans orphans() {
        return orphans;
    }

    /** Follows strangers that come and go. */
    void look() {
        for (SteeredGroup group : roster.groups()) {
            try {
                group.look();
            } catch (IOException e) {
                warnings.accept(
                        service + ": " + group.address() + " may not be steered as it should: " + e.getMessage());
            }
        }
    }

    /**
     * How the generation that serves was steered to, and who stands where.
     *
     * @param isWorker whether a pid is that of a worker, or of a descendant of one
     * @return empty where none serves
     */
    Optional<SteeringStatus> status(LongPredicate isWorker) {
        look();
        return Optional.ofNullable(serving)
                .map(standings::get)
                .map(standing ->
                        new SteeringStatus(standing.mode(), standing.why(), Overview.of(roster.groups(), isWorker)));
    }

    void close() {
        roster.groups().forEach(SteeredGroup::dropAll);
    }
}
