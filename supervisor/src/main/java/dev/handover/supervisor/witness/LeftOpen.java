package dev.handover.supervisor.witness;

import dev.handover.supervisor.terms.Counts;
import dev.handover.supervisor.terms.EndedBy;
import dev.handover.supervisor.witness.Judgement.Fate;
import java.util.Optional;

/**
 * Connections that nothing was asked in, as it seemed, and that nothing but the end of the worker's process ended. A program
 * that closes what it is done with leaves none of them for long; a half answer that nothing follows looks like a whole
 * one. For one thread.
 */
final class LeftOpen {
    private long idle;
    private long restedIdle;
    private long restedFinished;

    /**
     * @param rested whether the worker could have closed it long before
     * @return false if it is none of these
     */
    boolean take(Fate fate, boolean rested) {
        if (fate == Fate.IDLE) {
            idle += rested ? 0 : 1;
            restedIdle += rested ? 1 : 0;
            return true;
        }
        restedFinished += fate == Fate.FINISHED && rested ? 1 : 0;
        return fate == Fate.FINISHED && rested;
    }

    /** @param orderly whether the worker was seen to end what it is done with, and left of itself */
    long unseen(boolean orderly) {
        return restedIdle + restedFinished + (orderly ? 0 : idle);
    }

    /** Those that the end of the worker just came before its own close, by all that is known. */
    long idle(boolean orderly) {
        return orderly ? idle : 0;
    }

    /**
     * Why so many are not seen; empty where there is none.
     *
     * @param worker as it is named
     * @param by whether it had a say in its end
     */
    Optional<String> doubt(String worker, boolean orderly, EndedBy by) {
        if (unseen(orderly) == 0) {
            return Optional.empty();
        }
        String number = Counts.text(unseen(orderly), "idle connection");
        String halfway = "an answer that had stopped halfway looks like a whole one";
        return Optional.of(
                switch (by) {
                    case A_KILL -> worker + " was killed while it drained, with " + number + ": " + halfway;
                    case UNKNOWN ->
                        worker + " ended while it drained, with " + number + ", and how is not known, as an earlier"
                                + " supervisor had started it: " + halfway;
                    case ITSELF ->
                        worker + ": " + number + " ended by its exit alone; clients that keep a session have lost it, "
                                + halfway + ", and only drain = \"idle\" waits for them";
                });
    }
}
