package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.Door;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.HealthAnswer;
import dev.handover.supervisor.terms.HealthSpec;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Asks workers for their health through the service's address, each by doors of its own, which stay open as long as its
 * listeners are held, its generation does not leave and nobody comes to listen more particularly where they lead: the program
 * is set for them once.
 *
 * <p>For one thread; the questions have others.
 */
final class HealthCheck {
    /** Of one service, all of its generations together. */
    private static final int MOST_DOORS = 192;

    private final Roster roster;
    private final Consumer<Event> inbox;
    private final HealthQuestions questions;
    private final ServiceCommand command;
    /** By the cookie of the listener that it leads to. */
    private final Map<Long, Way> ways = new LinkedHashMap<>();

    private record Way(SteeredGroup group, Member member, Door door) {
        boolean isThere() {
            return group.held(member.cookie()).isPresent() && !member.isOrphan();
        }
    }

    HealthCheck(Roster roster, Kernel kernel, ServiceCommand command, Consumer<Event> inbox) {
        this.command = command;
        this.roster = roster;
        this.inbox = inbox;
        this.questions = new HealthQuestions(kernel);
    }

    /** @param obstacle why it may not be asked now; null if it may */
    void ask(Effect.AskHealth what, @Nullable String obstacle) {
        try {
            if (obstacle != null) {
                throw new IOException(obstacle);
            }
            forget(way -> !way.isThere());
            questions.ask(what.health(), doors(what), run(what), (answer, text) -> answer(what, answer, text));
        } catch (IOException e) {
            answer(what, HealthAnswer.NOT_ASKED, Why.of(e));
        }
    }

    private HealthQuestions.Command run(Effect.AskHealth what) {
        String pid = Long.toString(what.process().pid());
        return (question, address, limit) -> command.run(
                what.worker(),
                what.spec(),
                question.command(),
                Map.of(HealthSpec.Command.ADDRESS, address, HealthSpec.Command.PID, pid),
                limit);
    }

    private void answer(Effect.AskHealth what, HealthAnswer answer, String text) {
        inbox.accept(new Event.HealthSeen(what.worker(), what.process().pid(), what.number(), answer, text));
    }

    /** Those to each of the worker's listeners, opened where there is none yet. */
    private List<Door> doors(Effect.AskHealth what) throws IOException {
        SteeredGroup group = DoorTargets.group(roster, what.listen());
        InetSocketAddress target = Door.target(group.address());
        close(way -> way.group() == group && !way.door().target().equals(target));
        List<Member> members = known(group, what);
        if (members.stream().noneMatch(member -> ways.containsKey(member.cookie()))) {
            members = DoorTargets.hold(group, roster, Map.of(what.worker(), what.process()), MOST_DOORS)
                    .members();
        }
        openMissing(group, target, members);
        List<Door> doors = new ArrayList<>();
        for (Member member : members) {
            if (!group.isPlaced(member)) {
                throw new IOException("where " + member + " stands in its group is not certain now");
            }
            doors.add(way(member).door());
        }
        return doors;
    }

    private static List<Member> known(SteeredGroup group, Effect.AskHealth what) {
        return group.members(
                member -> member.process().equals(what.process()) && !member.isOrphan() && !member.isStandIn());
    }

    private Way way(Member member) {
        Way way = ways.get(member.cookie());
        if (way == null) {
            throw new IllegalStateException("no door leads to " + member);
        }
        return way;
    }

    private void openMissing(SteeredGroup group, InetSocketAddress target, List<Member> members) throws IOException {
        List<Member> missing = members.stream()
                .filter(member -> !ways.containsKey(member.cookie()))
                .toList();
        if (missing.isEmpty()) {
            return;
        }
        if (ways.size() + missing.size() > MOST_DOORS) {
            throw new IOException("at most " + MOST_DOORS + " listeners of a service can be told apart");
        }
        Map<InetSocketAddress, Member> leading = new LinkedHashMap<>();
        List<Way> opened = new ArrayList<>();
        try {
            group.look();
            for (Member member : missing) {
                Way way = new Way(group, member, Door.open(group.address(), target));
                opened.add(way);
                leading.put(way.door().source(), member);
            }
            group.openDoors(leading);
        } catch (IOException e) {
            group.forgetDoors(leading.keySet());
            opened.forEach(way -> way.door().close());
            throw e;
        }
        opened.forEach(way -> ways.put(way.member().cookie(), way));
    }

    /** At a flip to this generation: the next program is one without doors to others. */
    void forgetAllBut(GenerationId generation) {
        forget(way -> !way.member().generation().equals(generation));
    }

    /** The next program is one without doors. */
    void discard() {
        forget(way -> true);
    }

    private void forget(Predicate<Way> which) {
        List<Way> gone = ways.values().stream().filter(which).toList();
        gone.forEach(way -> {
            ways.remove(way.member().cookie());
            way.group().forgetDoors(Set.of(way.door().source()));
            way.door().close();
        });
    }

    /** What comes by the ports that led to this generation is a client's as any other. */
    void end(GenerationId generation) throws IOException {
        close(way -> way.member().generation().equals(generation));
    }

    /** Sets the program without them first, which leads nobody else who gets one of their ports. */
    private void close(Predicate<Way> which) throws IOException {
        Map<SteeredGroup, Set<InetSocketAddress>> open = ways.values().stream()
                .filter(which)
                .collect(Collectors.groupingBy(
                        Way::group, Collectors.mapping(way -> way.door().source(), Collectors.toSet())));
        for (Map.Entry<SteeredGroup, Set<InetSocketAddress>> one : open.entrySet()) {
            one.getKey().closeDoors(one.getValue());
        }
        forget(which);
    }
}
