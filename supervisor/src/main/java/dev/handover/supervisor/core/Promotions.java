package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.RequestId;
import java.util.LinkedHashMap;
import java.util.Map;

/** Who has asked for all new connections to be moved to a canary, and is told when they are. */
final class Promotions {
    private final Map<RequestId, Generation> asked = new LinkedHashMap<>();

    void asked(RequestId request, Generation canary) {
        asked.put(request, canary);
    }

    /** @param flipping whether steering is asked to move them, and has not answered */
    void answer(boolean flipping, Turn turn) {
        if (!flipping) {
            asked.forEach((request, canary) -> turn.effect(new Effect.Answer(request, reply(canary))));
            asked.clear();
        }
    }

    private static Reply reply(Generation canary) {
        return canary.state() == GenerationState.SERVING && canary.lead().isPinned()
                ? new Reply.CanaryDecided(canary.spec().name(), canary.id(), canary + " has all new connections")
                : new Reply.Refused(
                        Reply.Reason.FAILED,
                        canary + " is not shown to have all new connections; status says how it stands");
    }
}
