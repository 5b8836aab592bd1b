package dev.handover.worker;

import org.jspecify.annotations.Nullable;

/**
 * What holds of a worker at one moment, whoever has been told so far.
 *
 * @param status null until the application gave one
 * @param connections open connections, 0 or more
 * @param draining the order to drain has come
 * @param stopped no listener is open any more, since it drains
 * @param done everything that was accepted is finished, and the process exits
 */
record Facts(boolean ready, @Nullable String status, int connections, boolean draining, boolean stopped, boolean done) {
    Facts {
        if (connections < 0) {
            throw new IllegalArgumentException("connections are counted from 0, not " + connections);
        }
    }
}
