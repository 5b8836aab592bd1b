package dev.handover.supervisor.steering;

import java.util.List;

/** One step of a {@link ReleasePlan}. */
sealed interface Step<M> {
    /** Let the program choose among these members. */
    record Steer<M>(List<M> members) implements Step<M> {
        public Steer {
            members = List.copyOf(members);
        }
    }

    /** Let this member leave the group. */
    record Leave<M>(M member) implements Step<M> {}
}
