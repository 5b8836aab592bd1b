package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.steering.Standings.Standing;
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
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/** The steering of one service. For one thread. */
final class ServiceSteering {
    private final ServiceName service;
    private final Kernel kernel;
    private final Roster roster;
    private final Obstacles obstacles;
    private final Orphans orphans;
    private final Substitution substitution;
    private final WarmUp warmUp;
    private final HealthCheck health;
    private final MetricCommand metric;
    private final Aside aside;
    private final Sharing sharing;
    private final OnHold onHold;
    private final Consumer<Event> inbox;
    private final Consumer<String> warnings;
    private final Standings standings = new Standings();
    private final Map<GenerationId, Departures> departures = new HashMap<>();
    /** Of generations that are released, and not said to be. */
    private final List<Acceptance> acceptances = new ArrayList<>();

    private final Strangers strangers;
    private final Rivals rivals;
    private final Descendants descendants;
    private final Attendance attendance;
    private final Turns turns;
    private final Again lookingForStrangers;
    private final Overruled overruled;

    ServiceSteering(
            ServiceName service,
            Kernel kernel,
            Roster roster,
            Consumer<Event> inbox,
            Consumer<String> warnings,
            BiPredicate<WorkerId, HeldListener> pass,
            ServiceCommand command,
            Strangers strangers,
            Rivals rivals,
            Descendants.Ends ends,
            Turns turns) {
        this.service = service;
        this.kernel = kernel;
        this.roster = roster;
        this.obstacles = new Obstacles(service, roster, kernel);
        this.orphans = new Orphans(roster, kernel, pass, turns, warnings, this::lost);
        this.aside = new Aside(roster, warnings);
        this.substitution = new Substitution(roster, orphans, aside, kernel, warnings);
        this.overruled = new Overruled(service, roster, warnings);
        this.warmUp = new WarmUp(service, roster, inbox, turns);
        this.sharing =
                new Sharing(service, roster, obstacles, standings, aside, warmUp, kernel, inbox, warnings, turns);
        this.onHold = new OnHold(service, roster, standings, inbox, warnings);
        this.health = new HealthCheck(roster, kernel, command, inbox);
        this.metric = new MetricCommand(command, inbox);
        this.inbox = inbox;
        this.warnings = warnings;
        this.strangers = strangers;
        this.rivals = rivals;
        this.descendants = new Descendants(
                this::ledMembers, this::steeredTo, substitution::replaceOwner, kernel, ends, turns, warnings);
        this.attendance =
                new Attendance(this::ledMembers, this::steeredTo, substitution::replaceOwner, kernel, turns, warnings);
        this.turns = turns;
        this.lookingForStrangers = Again.seldom(turns, now -> {
            overruled.look();
            return !strangers.name(roster.groups());
        });
    }

    void perform(Effect.OfSteering effect, long now) {
        if (effect instanceof Effect.Hold hold) {
            roster.tells(hold.worker().generation(), hold.quic());
            hold(hold);
            return; // quick, since a flip may be next
        }
        if (effect instanceof Effect.AskHealth what) {
            GenerationId asked = what.worker().generation();
            roster.tells(asked, what.spec().quic());
            health.ask(what, departures.containsKey(asked) ? "new connections go to another generation" : null);
            return; // one of many, and nothing has moved
        }
        if (effect instanceof Effect.AskMetric what) {
            metric.ask(what);
            return; // it takes its time, elsewhere
        }
        if (effect instanceof Effect.Steer steer) {
            roster.tells(steer.generation(), steer.quic());
            steer(steer.generation(), steer.workers(), steer.listen(), now);
            rivals.name(roster.groups());
        } else if (effect instanceof Effect.SteerBack back) {
            steerBack(back, now);
        } else if (effect instanceof Effect.Share share) {
            roster.tells(share.generation(), share.quic());
            if (sharing.share(share, running(share.workers()))) {
                attendance.watch(share.generation(), now);
            }
        } else if (effect instanceof Effect.WarmUp what) {
            roster.tells(what.generation(), what.quic());
            warmUp.begin(what.generation(), running(what.workers()), what.listen(), what.warmUp());
        } else if (effect instanceof Effect.GiveUp giveUp) {
            fallBack(giveUp.generation(), giveUp.listen(), "as configured", now);
        } else if (effect instanceof Effect.Quiesce quiesce) {
            quiesce(quiesce.generation(), quiesce.limit(), now);
        } else if (effect instanceof Effect.Release release) {
            release(release.generation(), now);
        } else if (effect instanceof Effect.Rejoin rejoin) {
            rejoin(rejoin.worker(), rejoin.process(), now);
        } else if (effect instanceof Effect.Relisten relisten) {
            relisten(relisten.worker(), relisten.process(), now);
        } else if (effect instanceof Effect.SteerAway away) {
            aside.forget(away.worker());
            substitution.steerAway(away.worker(), away.patience(), now);
        } else if (effect instanceof Effect.SetAside what) {
            aside.perform(what, steeredTo(what.worker().generation()), substitution, now);
        } else if (effect instanceof Effect.HoldOff holdOff) {
            onHold.begin(holdOff.request(), now);
        } else if (effect instanceof Effect.LetIn letIn) {
            onHold.end(letIn.request(), now);
        } else if (effect instanceof Effect.Adopters those) {
            orphans.adopters(those.adopters());
        } else {
            throw new IllegalArgumentException("nobody steers by " + effect);
        }
        lookOut();
    }

    /** Follows what nobody tells of: strangers, what dead workers left behind, and descendants that listen themselves. */
    private void lookOut() {
        // Strangers that leave move others.
        if (strangers.name(roster.groups())) {
            lookingForStrangers.begin();
        }
        orphans.watch();
        descendants.watch();
    }

    private List<Member> ledMembers() {
        return roster.groups().stream()
                .flatMap(group -> group.led().stream())
                .filter(roster::isOwn)
                .toList();
    }

    /** Where the generation is steered to, if it is the one that serves, or a canary. */
    private Optional<List<ListenAddress>> steeredTo(GenerationId generation) {
        return standings.steeredTo(generation).or(() -> sharing.ledTo(generation));
    }

    /**
     * Only in groups that a program steers: in others the kernel's hash leads clients to a newcomer at once, and a listener
     * that was held would go on taking them if its worker died.
     */
    private void hold(Effect.Hold hold) {
        List<ListenAddress> there = hold.leaves()
                ? hold.listen()
                : roster.serving(hold.listen()).stream()
                        .map(SteeredGroup::address)
                        .toList();
        if (there.isEmpty()) {
            return;
        }
        try {
            Roster.Found found = roster.holdOwn(hold.worker(), hold.process(), there);
            if (hold.leaves()) {
                noticeSeals(found);
            }
        } catch (IOException e) {
            // To steer meets it again, and answers.
        }
    }

    private void steer(
            GenerationId generation, Map<WorkerId, ProcessId> workers, List<ListenAddress> listen, long now) {
        Map<WorkerId, ProcessId> running = running(workers);
        try {
            Roster.Found found = roster.hold(running, listen);
            Optional<String> unfit = ended(generation, workers, listen)
                    .or(() -> obstacles.unfit(generation, listen, found))
                    .or(() -> obstacles.taken(found));
            if (unfit.isPresent()) {
                roster.drop(found.fresh());
                inbox.accept(new Event.Unfit(service, generation, unfit.get()));
            } else if (found.members().isEmpty() && running.size() < workers.size() && !listen.isEmpty()) {
                roster.forgetEmpty();
                expect(generation, listen);
            } else if (found.members().isEmpty()) {
                roster.forgetEmpty();
                throw new IOException(Obstacles.unlistening(listen, found.misfits()));
            } else {
                flip(generation, listen, found.members(), now);
            }
        } catch (IOException e) {
            Optional<String> ended = ended(generation, workers, listen);
            if (ended.isPresent()) {
                inbox.accept(new Event.Unfit(service, generation, ended.get()));
            } else if (!running(workers).equals(running)) {
                steer(generation, workers, listen, now); // one has ended meanwhile, and the others are still to be held
            } else {
                fallBack(generation, listen, Why.of(e), now);
            }
        }
    }

    /** Of one that an earlier supervisor may have steered away from. */
    private static void noticeSeals(Roster.Found found) throws IOException {
        for (Member member : found.fresh()) {
            member.listener().noticeSeal();
        }
    }

    /** There is another generation that serves: what goes wrong leaves everything as it is. */
    private void steerBack(Effect.SteerBack back, long now) {
        GenerationId generation = back.generation();
        try {
            Roster.Found found = roster.hold(running(back.workers()), back.listen());
            noticeSeals(found);
            Optional<String> unfit =
                    obstacles.unfit(generation, back.listen(), found).or(() -> obstacles.taken(found));
            if (unfit.isPresent() || found.members().isEmpty()) {
                String why = unfit.orElseGet(() -> Obstacles.unlistening(back.listen(), found.misfits()));
                inbox.accept(new Event.Unfit(service, generation, why));
            } else {
                flip(generation, back.listen(), found.members(), now);
            }
        } catch (IOException e) {
            inbox.accept(new Event.Unfit(service, generation, Why.of(e)));
        }
    }

    private Map<WorkerId, ProcessId> running(Map<WorkerId, ProcessId> workers) {
        Map<WorkerId, ProcessId> running = new HashMap<>(workers);
        running.values().removeIf(process -> !kernel.runs(process));
        return running;
    }

    /** Nothing else serves, and its workers have ended: each is steered to when the one started in its place rejoins. */
    private void expect(GenerationId generation, List<ListenAddress> listen) {
        standings.serve(generation, Standing.steered(listen));
        inbox.accept(new Event.Steered(service, generation, Mode.STEERED, ""));
    }

    /** A new worker may have ended so lately that nobody has heard of it. Clients stay where they are, then. */
    private Optional<String> ended(
            GenerationId generation, Map<WorkerId, ProcessId> workers, List<ListenAddress> listen) {
        boolean others = standings.serving().isPresent()
                || roster.serving(listen).stream().anyMatch(roster::isTaken);
        if (!others || standings.contains(generation)) {
            return Optional.empty();
        }
        return obstacles.ended(workers);
    }

    private void flip(
            GenerationId generation, List<ListenAddress> listen, Map<ListenAddress, List<Member>> members, long now)
            throws IOException {
        Before before = Before.of(kernel.counters(), roster.groups());
        for (ListenAddress address : members.keySet()) {
            // The newcomers stand last and don't serve: what had to hold a place until now can leave.
            roster.group(address).release(List.of(), now);
        }
        warmUp.discard();
        health.forgetAllBut(generation);
        serveAlone(members);
        aside.forgetAllBut(generation);
        List<GenerationId> left = Stream.of(standings.serving(), sharing.canary())
                .flatMap(Optional::stream)
                .filter(one -> !one.equals(generation))
                .toList();
        sharing.left(generation);
        standings.serve(generation, Standing.steered(listen));
        departures.remove(generation);
        orphans.forgetAllBut(generation);
        inbox.accept(new Event.Steered(service, generation, Mode.STEERED, ""));
        attendance.watch(generation, now);
        for (GenerationId one : left) {
            Departures all = new Departures(leaving(one), before, kernel);
            departures.put(one, all);
            all.count(now);
        }
    }

    /** @throws IOException if it can't be done in all groups; then it is in none, as far as that can be */
    private void serveAlone(Map<ListenAddress, List<Member>> members) throws IOException {
        Map<SteeredGroup, List<Member>> done = new LinkedHashMap<>();
        try {
            for (Map.Entry<ListenAddress, List<Member>> entry : members.entrySet()) {
                for (Member member : entry.getValue()) {
                    member.listener().unseal();
                }
                SteeredGroup group = roster.group(entry.getKey());
                List<Member> served = group.serving();
                group.serveAlone(aside.without(entry.getValue()));
                done.put(group, served);
            }
        } catch (IOException e) {
            done.forEach(this::serveAgain);
            throw e;
        }
    }

    private void serveAgain(SteeredGroup group, List<Member> served) {
        try {
            if (!served.isEmpty()) {
                group.serveAlone(aside.without(served));
            }
        } catch (IOException e) {
            warnings.accept("new connections to " + group.address()
                    + " may still go to another generation than elsewhere: " + Why.of(e));
        }
    }

    private List<Departure> leaving(GenerationId generation) {
        List<Departure> departures = new ArrayList<>();
        for (SteeredGroup group : roster.groups()) {
            List<Member> members =
                    roster.members(group, member -> member.generation().equals(generation));
            if (!members.isEmpty()) {
                departures.add(new Departure(group, members, kernel));
            }
        }
        return departures;
    }

    /** Without a program, and with nothing held: old workers close, and what their listeners hold depends on the kernel. */
    private void fallBack(GenerationId generation, List<ListenAddress> listen, String why, long now) {
        warmUp.discard();
        health.discard();
        aside.forgetAll();
        sharing.forget();
        onHold.forget("it is steered no more: " + why, now);
        Set<SteeredGroup> groups = new LinkedHashSet<>(roster.groups());
        groups.addAll(roster.serving(listen));
        for (SteeredGroup group : groups) {
            try {
                if (roster.isTaken(group) && !listen.contains(group.address().declared())) {
                    group.release(roster.members(group, member -> true), now); // and leave it to who took it over
                } else {
                    group.giveUp(now);
                }
            } catch (IOException e) {
                warnings.accept(service + ": " + group.address() + " may still be steered to generation "
                        + standings.serving().map(GenerationId::toString).orElse("") + ": " + Why.of(e));
            }
        }
        orphans.forgetAll();
        roster.forgetEmpty();
        boolean migrates =
                listen.stream().anyMatch(address -> address.transport() == Transport.TCP) && kernel.migratesRequests();
        Mode mode = migrates ? Mode.MIGRATE : Mode.PLAIN;
        standings.serve(generation, new Standing(listen, mode, why));
        inbox.accept(new Event.Steered(service, generation, mode, why));
    }

    private void quiesce(GenerationId generation, Duration limit, long now) {
        endShareOf(generation);
        Optional<Departures> leaving = departures(generation);
        if (leaving.isEmpty()) {
            inbox.accept(new Event.Quiesced(service, generation, true, "nothing of it is held"));
            return;
        }
        Departures these = leaving.get();
        // Its workers drain afterwards. One that ends its listener by shutdown(2) moves others, and nothing else tells
        // of it.
        Again watchingItLeave = Again.everLessOften(turns, then -> {
            boolean leaves = isLeaving(generation, these);
            if (leaves) {
                overruled.look();
            }
            return !leaves;
        });
        shutOut(these);
        new Quiesce(service, generation, these, limit, turns, () -> isLeaving(generation, these), event -> {
                    overruled.look(); // before a listener is told to close that clients may still be led to
                    inbox.accept(event);
                    watchingItLeave.begin();
                })
                .begin(now);
    }

    /** @return empty if there is nothing to wait for */
    private Optional<Departures> departures(GenerationId generation) {
        if (!departures.containsKey(generation) && !leaving(generation).isEmpty()) {
            // It leaves without a successor.
            Before before = Before.of(Departures.counters(kernel), roster.groups());
            departures.put(generation, new Departures(leaving(generation), before, kernel));
        }
        return Optional.ofNullable(departures.get(generation));
    }

    /** Connections were lost, of whichever generation: no handover that is under way was lossless, then. */
    private void lost(String how) {
        departures.values().forEach(leaving -> leaving.caveat(how));
        acceptances.forEach(released -> released.lost(how));
    }

    /** Whether this way out is still the generation's; it may serve again, be released, or leave anew. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isLeaving(GenerationId generation, Departures these) {
        return departures.get(generation) == these;
    }

    /** Where a generation still serves but is to leave, since its successor does not listen there: takes nobody new. */
    private void shutOut(Departures departures) {
        for (Departure departure : departures.all()) {
            SteeredGroup group = roster.group(departure.address());
            Optional<Member> serving =
                    departure.members().stream().filter(group::serves).findFirst();
            if (serving.isPresent() && serving.get().isTcp()) {
                try {
                    departure.add(group.standIn(serving.get()));
                    departures.movedLater();
                } catch (IOException e) {
                    departure.leaveOpen("new connections to it can't be made to wait: " + Why.of(e));
                }
            }
        }
    }

    /** No new connections come to one that leaves. */
    private void endShareOf(GenerationId generation) {
        if (sharing.isCanary(generation)) {
            sharing.end();
        }
    }

    private void release(GenerationId generation, long now) {
        endShareOf(generation);
        orphans.forget(generation);
        closeDoors(generation);
        Ledger ledger = released(generation, now);
        standings.forget(generation);
        departures.remove(generation);
        roster.forget(generation);
        roster.forgetEmpty();
        Acceptance acceptance = new Acceptance(
                this::ledMembers,
                orphans::unsettled,
                turns,
                caveats -> inbox.accept(new Event.Released(service, generation, ledger.withCaveats(caveats))));
        acceptances.removeIf(Acceptance::isOver);
        acceptances.add(acceptance);
        acceptance.watch();
    }

    private void closeDoors(GenerationId generation) {
        try {
            warmUp.end(generation);
            health.end(generation);
        } catch (IOException e) {
            warnings.accept(service + ": connections from ports that led to generation " + generation
                    + " may still be led to it: " + Why.of(e));
        }
    }

    /** Has what dead workers left adopted where it can be. */
    void passOn() {
        orphans.passOnAll();
    }

    /** The supervisor ends, and the generations serve on. */
    void close() {
        warmUp.discard();
        health.discard();
        sharing.forget();
    }

    private Ledger released(GenerationId generation, long now) {
        Standing worst = standings.worst(generation);
        Optional<Departures> leaving = departures(generation);
        if (leaving.isEmpty()) {
            return new Ledger(worst.mode(), worst.why(), List.of(), Ledger.Counters.ZERO, List.of());
        }
        for (Departure departure : leaving.get().all()) {
            SteeredGroup group = roster.group(departure.address());
            try {
                departure.release(now);
                othersShare(departure, leaving.get());
            } catch (IOException e) {
                warnings.accept(service + " generation " + generation + ": " + departure.address()
                        + " is released without its order known, so a new connection may take a second longer: "
                        + Why.of(e));
                group.drop(departure.members());
            }
        }
        return leaving.get().ledger(worst.mode(), worst.why());
    }

    /** What was found of a group's program is told once, and concerns all that leave the group. */
    private void othersShare(Departure released, Departures of) {
        departures.values().stream()
                .filter(other -> other != of)
                .filter(other ->
                        other.all().stream().anyMatch(one -> one.address().equals(released.address())))
                .forEach(other -> released.ofProgram().forEach(other::caveat));
    }

    private void rejoin(WorkerId worker, ProcessId process, long now) {
        steeredTo(worker.generation()).ifPresent(listen -> substitution.rejoin(worker, process, listen, now));
    }

    private void relisten(WorkerId worker, ProcessId process, long now) {
        steeredTo(worker.generation()).ifPresent(listen -> substitution.relisten(worker, process, listen, now));
    }

    /**
     * How the generation that serves was steered to, and who stands where.
     *
     * @param isWorker whether a pid is that of a worker, or of a descendant of one
     * @return empty where none serves
     */
    Optional<SteeringStatus> status(LongPredicate isWorker) {
        overruled.look();
        lookOut();
        rivals.name(roster.groups());
        return standings
                .now()
                .map(standing -> new SteeringStatus(
                        standing.mode(),
                        standing.why(),
                        sharing.status(),
                        Overview.of(roster.groups(), isWorker, kernel, rivals)));
    }
}
