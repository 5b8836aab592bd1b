package dev.handover.supervisor.terms;

import dev.handover.supervisor.terms.Effect.Severity;
import dev.handover.supervisor.terms.Report.ReloadReport;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that happened to a service, or to the supervisor, for who asks later what did.
 *
 * @param at when, to be shown
 * @param severity how much it matters, as that of its line in the log
 * @param text for people: a sentence that says what it is about
 * @param report what a reload came to; empty of all else
 */
public record Happening(
        Instant at, What what, Severity severity, Subject subject, String text, Optional<ReloadReport> report) {
    public Happening(Instant at, What what, Severity severity, Subject subject, String text) {
        this(at, what, severity, subject, text, Optional.empty());
    }

    /** What kind of thing it is. Programs go by the names: one that is there is never called otherwise. */
    public enum What {
        SUPERVISOR_STARTED,
        /** Another program has taken the place of the one before. */
        SUPERVISOR_UPGRADED,
        /** The one that was to take its place could not, and it goes on. */
        SUPERVISOR_WENT_BACK,
        /** It gives way to another program now. */
        SUPERVISOR_GIVES_WAY,
        /** It ends, and leaves its workers to the next one. */
        SUPERVISOR_LEAVES,
        SUPERVISOR_STOPS,
        RELOAD_ASKED,
        /** It was asked for and can't be. */
        RELOAD_REFUSED,
        /** It begins when the handover under way has ended. */
        RELOAD_WAITS,
        /** One that waited does not begin. */
        RELOAD_DROPPED,
        RELOAD_ENDED,
        START_ASKED,
        STOP_ASKED,
        /** New connections are moved back. */
        ROLLED_BACK,
        /** New connections wait. */
        HOLD_BEGAN,
        /** They wait no more. */
        HOLD_ENDED,
        GENERATION_STARTED,
        GENERATION_ADOPTED,
        GENERATION_READY,
        GENERATION_CANARY,
        /** New connections are meant for it: it was flipped to. */
        GENERATION_SERVING,
        GENERATION_QUIESCING,
        GENERATION_STANDBY,
        GENERATION_DRAINING,
        GENERATION_STOPPING,
        GENERATION_STOPPED,
        GENERATION_ABANDONED,
        /** The old generation is gone, and its ledger written. */
        HANDED_OVER,
        CANARY_STEP,
        CANARY_PROMOTED,
        WARMED_UP,
        WORKER_STARTED,
        WORKER_READY,
        /** It could not be started, was not ready in time, or can't be trusted any more. */
        WORKER_FAILED,
        WORKER_EXITED,
        /** It is started again, now or after a pause. */
        WORKER_RESTARTS,
        WORKER_GIVEN_UP,
        /** It has opened its listeners again. */
        WORKER_LISTENS,
        WORKER_UNHEALTHY,
        WORKER_HEALTHY,
        /** It gets no new connections while it is unhealthy. */
        WORKER_SET_ASIDE,
        /** It gets new connections again. */
        WORKER_TAKEN_IN,
        COMMAND_STARTED,
        COMMAND_ENDED,
        COMMAND_FAILED,
        SERVICE_DOWN,
        SERVICE_UP,
        SERVICE_WAITS,
        SERVICE_GIVEN_UP,
        SERVICE_STOPPED,
        /** The configuration has it no more. */
        SERVICE_REMOVED,
        /** Somebody could not be told of what happened. */
        NOTIFY_FAILED,
        /** Anything else that is warned of. */
        WARNING,
        /** Anything else that is an error. */
        ERROR;

        private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

        /** Such as {@code generation-serving}. */
        public String word() {
            return word;
        }

        /** That a generation has come into this state. */
        public static What of(GenerationState state) {
            return switch (state) {
                case STARTING -> GENERATION_STARTED;
                case READY -> GENERATION_READY;
                case CANARY -> GENERATION_CANARY;
                case SERVING -> GENERATION_SERVING;
                case QUIESCING -> GENERATION_QUIESCING;
                case STANDBY -> GENERATION_STANDBY;
                case DRAINING -> GENERATION_DRAINING;
                case STOPPING -> GENERATION_STOPPING;
                case STOPPED -> GENERATION_STOPPED;
            };
        }
    }
}
