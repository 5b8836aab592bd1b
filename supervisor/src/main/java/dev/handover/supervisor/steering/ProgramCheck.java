package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.linux.Signature;
import dev.handover.supervisor.linux.Unreached;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Whether the program that was set for a group is the one in force there. For one thread. */
final class ProgramCheck {
    private static final int MOST_LOOKS = 3;

    private final SteeredGroup group;
    private final GroupProgram program;
    private final Places places;
    private int overruled;
    private String unseen = "";

    ProgramCheck(SteeredGroup group, GroupProgram program, Places places) {
        this.group = group;
        this.program = program;
        this.places = places;
    }

    /**
     * Sets it again if it is not.
     *
     * @return whether it was; also where that can't be told, or makes no difference
     */
    boolean isObeyed() throws IOException {
        for (int i = 0; i < MOST_LOOKS; i++) {
            if (isInForce()) {
                return true;
            }
            if (group.isAsLastSeen()) {
                overruled++;
                group.setAgain();
                return false;
            }
            // Who has left meanwhile has moved others, and where a packet went says nothing of the program.
            group.look();
        }
        return true;
    }

    private boolean isInForce() throws IOException {
        Optional<Signature> mine = program.signatureInUse();
        if (!group.isSteered()) {
            return true;
        }
        if (mine.isEmpty()) {
            unseen = program.unsigned().isEmpty() ? unseen : program.unsigned();
            return true;
        }
        Map<Integer, HeldListener> asked = new TreeMap<>();
        ask(asked, serves -> serves);
        ask(asked, serves -> !serves);
        try {
            return asked.isEmpty()
                    || mine.get()
                            .isInForce(
                                    asked,
                                    group.allHeld().stream()
                                            .map(Member::listener)
                                            .toList());
        } catch (Unreached e) {
            unseen = Why.of(e);
            program.outOfReach(e);
            group.setAgain();
            return true;
        }
    }

    /** Two of a kind: a program that leads all packets to one member can't lead them to both. */
    private void ask(Map<Integer, HeldListener> asked, Predicate<Boolean> serves) {
        group.allHeld().stream()
                .filter(member -> serves.test(group.serves(member)))
                .filter(member -> places.certainly(member.cookie()).stream().anyMatch(Signature::canName))
                .limit(2)
                .forEach(member -> asked.put(places.certainly(member.cookie()).getAsInt(), member.listener()));
    }

    String takeUnseen() {
        String why = unseen;
        unseen = "";
        return why;
    }

    int takeOverruled() {
        int times = overruled;
        overruled = 0;
        return times;
    }
}
