package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.Door;
import dev.handover.supervisor.terms.Counts;
import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.WarmUpSpec;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends a generation requests ahead of its flip, through the service's address: by doors in the group's program that lead to
 * the generation's listeners alone. The doors stay open until the flip or the generation's release, which set a program anyway.
 *
 * <p>For one thread; the requests have others.
 */
final class WarmUp {
    /** Of one service, so that as many threads; a program has room for two such. */
    private static final int MOST_DOORS = 256;

    private final ServiceName service;
    private final Roster roster;
    private final Consumer<Event> inbox;
    private final Turns turns;
    private @Nullable Running running;
    private @Nullable WarmUpRequests requests;

    private record Running(
            GenerationId generation,
            SteeredGroup group,
            InetSocketAddress target,
            Map<InetSocketAddress, Member> leading,
            List<Door> doors) {
        Door door(Member member) throws IOException {
            Door door = Door.open(group.address(), target);
            doors.add(door);
            leading.put(door.source(), member);
            return door;
        }
    }

    WarmUp(ServiceName service, Roster roster, Consumer<Event> inbox, Turns turns) {
        this.service = service;
        this.roster = roster;
        this.inbox = inbox;
        this.turns = turns;
    }

    /** @param workers those that run */
    void begin(GenerationId generation, Map<WorkerId, ProcessId> workers, List<ListenAddress> listen, WarmUpSpec spec) {
        try {
            end();
            SteeredGroup group = DoorTargets.group(roster, listen);
            begin(generation, DoorTargets.hold(group, roster, workers, MOST_DOORS), spec);
        } catch (IOException e) {
            answer(generation, false, Why.of(e));
        }
    }

    private void begin(GenerationId generation, DoorTargets targets, WarmUpSpec spec) throws IOException {
        InetSocketAddress target = Door.target(targets.group().address());
        Running begun = new Running(generation, targets.group(), target, new LinkedHashMap<>(), new ArrayList<>());
        running = begun;
        int each = Math.min(spec.concurrency(), MOST_DOORS / targets.members().size());
        List<WarmUpRequests.Lane> lanes = new ArrayList<>();
        for (Member member : targets.members()) {
            WarmUpRequests.Share share = new WarmUpRequests.Share(spec.requests());
            for (int i = 0; i < each; i++) {
                lanes.add(new WarmUpRequests.Lane(begun.door(member), share));
            }
        }
        targets.group().openDoors(begun.leading());
        WarmUpRequests sent = new WarmUpRequests(spec, lanes, tally -> answer(generation, targets, spec, tally));
        requests = sent;
        turns.later(spec.timeout().toNanos(), now -> sent.stop());
        sent.begin();
    }

    private void answer(GenerationId generation, DoorTargets targets, WarmUpSpec spec, WarmUpRequests.Tally tally) {
        int asked = targets.members().size() * spec.requests();
        String sent = tally.ended() < asked
                ? tally.ended() + " of " + Counts.text(asked, "request") + " in " + Durations.text(spec.timeout())
                : Counts.text(asked, "request");
        String first = tally.firstFailure().isEmpty() ? "" : " (the first: " + tally.firstFailure() + ")";
        boolean warm = tally.ended() == asked && tally.failed() < asked;
        answer(generation, warm, targets + ", " + sent + ", " + tally.failed() + " failed" + first);
    }

    private void answer(GenerationId generation, boolean warm, String text) {
        String is = warm ? " is warm: " : " is not warm: ";
        inbox.accept(new Event.WarmedUp(service, generation, warm, service + " generation " + generation + is + text));
    }

    /** Ends it; the next program is one without doors. */
    void discard() {
        Running ended = stop();
        if (ended != null) {
            ended.group().forgetDoors(ended.leading().keySet());
        }
    }

    /** Ends that of a generation which won't serve, or has. */
    void end(GenerationId generation) throws IOException {
        if (running != null && running.generation().equals(generation)) {
            end();
        }
    }

    private void end() throws IOException {
        Running ended = stop();
        if (ended != null) {
            ended.group().closeDoors(ended.leading().keySet());
        }
    }

    private @Nullable Running stop() {
        Running ended = running;
        running = null;
        if (requests != null) {
            requests.stop();
            requests = null;
        }
        if (ended != null) {
            ended.doors().forEach(Door::close);
        }
        return ended;
    }
}
