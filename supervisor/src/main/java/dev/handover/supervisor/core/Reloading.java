package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.RequestId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The reloads that were asked for and have not ended, for the service manager, which is told of each, refused ones included. */
final class Reloading {
    private final Set<RequestId> underWay = new HashSet<>();
    private boolean asked;

    void begins(RequestId request) {
        underWay.add(request);
        asked = true;
    }

    /** It was over before there was a request: the configuration can't be read. */
    void refused() {
        asked = true;
    }

    void heed(List<Effect> effects) {
        for (Effect effect : effects) {
            if (effect instanceof Effect.Answer answer) {
                underWay.remove(answer.request());
            }
        }
    }

    /** Whether one was asked for since this was asked last, though it may have ended by now. */
    boolean wasAsked() {
        boolean since = asked;
        asked = false;
        return since;
    }

    boolean isUnderWay() {
        return !underWay.isEmpty();
    }
}
