package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What dead workers of one service left behind, and who can adopt it. For one thread. */
final class Orphans {
    private final Roster roster;
    private final Kernel kernel;
    private final BiPredicate<WorkerId, HeldListener> pass;
    private final Consumer<String> warnings;
    private final Consumer<String> losses;
    private final List<Orphan> watched = new ArrayList<>();
    private final Again looks;
    private Map<WorkerId, ProcessId> adopters = Map.of();

    /** @param losses takes, in addition to the warning, what was lost and how */
    Orphans(
            Roster roster,
            Kernel kernel,
            BiPredicate<WorkerId, HeldListener> pass,
            Turns turns,
            Consumer<String> warnings,
            Consumer<String> losses) {
        this.looks = Again.often(turns, this::areGone);
        this.roster = roster;
        this.kernel = kernel;
        this.pass = pass;
        this.warnings = warnings;
        this.losses = losses;
    }

    /** Looks at what was let go of, as long as there is any. */
    void watch() {
        if (!watched.isEmpty()) {
            looks.begin();
        }
    }

    void adopters(Map<WorkerId, ProcessId> able) {
        adopters = able;
        passOn();
    }

    /** To all that can, so that none of them has to be waited for, or be outlived. */
    void passOn() {
        passOn(Member::isOrphan);
    }

    /** The same, also what those left of whose end nobody has told yet. */
    void passOnAll() {
        passOn(Member::isLeft);
    }

    private void passOn(Predicate<Member> left) {
        for (SteeredGroup group : roster.groups()) {
            roster.members(group, left).forEach(orphan -> orphan.passTo(adopters, pass));
        }
    }

    /** Nobody is steered to these any more: lets go of them, as soon as they are empty where others accept from them. */
    void letGo(SteeredGroup group, List<Member> dead, Duration patience, long now) {
        List<Member> fresh = dead.stream().filter(member -> !isWatched(member)).toList();
        if (!fresh.isEmpty()) {
            fresh.forEach(member -> member.waitAnew(now));
            Orphan orphan = new Orphan(group, new Departure(group, fresh, kernel), patience, kernel, now);
            watched.add(orphan);
            try {
                orphan.capture();
                turn(orphan, now);
            } catch (IOException e) {
                failed(orphan, e);
            }
        }
    }

    private boolean isWatched(Member member) {
        return watched.stream().anyMatch(orphan -> orphan.members().contains(member));
    }

    /** What dead workers left behind is looked at until it is empty, or its time is over. */
    boolean areGone(long now) {
        List.copyOf(watched).forEach(orphan -> turn(orphan, now));
        return watched.isEmpty();
    }

    private void turn(Orphan orphan, long now) {
        try {
            if (orphan.isOver(now)) {
                watched.remove(orphan);
                orphan.release(now);
                String told = orphan.told(now);
                if (!told.isEmpty()) {
                    warnings.accept(told);
                }
                if (orphan.mayHaveLost()) {
                    losses.accept(told);
                }
            }
        } catch (IOException e) {
            failed(orphan, e);
        }
    }

    private void failed(Orphan orphan, IOException e) {
        watched.remove(orphan);
        String told = orphan.members().get(0).deserted()
                + ", and what becomes of what it had not accepted can't be told: " + Why.of(e);
        warnings.accept(told);
        losses.accept(told);
    }

    /** In words, of whom it is not known yet whether what waits in their listeners is adopted, or lost. */
    List<String> unsettled() {
        Stream<Member> kept = roster.groups().stream()
                .flatMap(group -> roster.members(group, member -> member.isOrphan() && !group.isLedTo(member)).stream())
                .filter(Orphans::holdsSome);
        return Stream.concat(watched.stream().flatMap(orphan -> orphan.members().stream()), kept)
                .distinct()
                .map(member -> member.deserted() + ", and what becomes of what it had not accepted is not known yet")
                .toList();
    }

    private static boolean holdsSome(Member member) {
        try {
            return member.isTcp() && member.waiting() > 0;
        } catch (LinuxException gone) {
            return false;
        }
    }

    /** The generation leaves as a whole, and these with it. */
    void forget(GenerationId generation) {
        watched.removeIf(orphan -> orphan.generation().equals(generation));
    }

    /** All other generations leave. */
    void forgetAllBut(GenerationId generation) {
        watched.removeIf(orphan -> !orphan.generation().equals(generation));
    }

    void forgetAll() {
        watched.clear();
    }
}
