package dev.handover.supervisor.steering;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Workers to which no new connections are led, as long as their generation, which serves or is a canary, has others. UDP's flows
 * stay: one less to choose among would move those of all. For one thread.
 */
final class Aside {
    private final Roster roster;
    private final Consumer<String> warnings;
    private final Map<WorkerId, ProcessId> aside = new HashMap<>();

    Aside(Roster roster, Consumer<String> warnings) {
        this.roster = roster;
        this.warnings = warnings;
    }

    /**
     * @param listen where its generation is steered to; empty if it is not
     * @param substitution has it serve again
     */
    void perform(Effect.SetAside what, Optional<List<ListenAddress>> listen, Substitution substitution, long now) {
        if (listen.isEmpty()) {
            return;
        }
        if (what.aside()) {
            aside.put(what.worker(), what.process());
            take(what.worker(), what.process());
        } else if (aside.remove(what.worker(), what.process())) {
            substitution.relisten(what.worker(), what.process(), listen.get(), now);
        }
    }

    private void take(WorkerId worker, ProcessId process) {
        for (SteeredGroup group : roster.groups()) {
            List<Member> led = group.ledTo(worker.generation());
            List<Member> others = without(led);
            try {
                if (others.size() < led.size() && !roster.isTaken(group)) {
                    group.look();
                    group.lead(worker.generation(), others);
                }
            } catch (IOException e) {
                warnings.accept(worker + " (" + process + ") may still get new connections at " + group.address() + ": "
                        + Why.of(e));
            }
        }
    }

    /** Those of them that are to get new connections: all, where else nobody would. */
    List<Member> without(List<Member> members) {
        List<Member> others = members.stream()
                .filter(member -> !member.isTcp() || !member.process().equals(aside.get(member.worker())))
                .toList();
        return others.isEmpty() ? members : others;
    }

    /** It has ended. */
    void forget(WorkerId worker) {
        aside.remove(worker);
    }

    /** Only this generation is steered to. */
    void forgetAllBut(GenerationId generation) {
        aside.keySet().removeIf(worker -> !worker.generation().equals(generation));
    }

    /** None is steered to. */
    void forgetAll() {
        aside.clear();
    }
}
