package dev.handover.supervisor.notify;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;

/** One way in which somebody is told. For one thread. */
interface Delivery {
    /**
     * Tells of one event.
     *
     * @param event as {@code docs/control.md} shows it
     * @param limit after which it is given up
     * @throws IOException if it has not arrived, as far as can be told, with a message for users that has no secret
     */
    void deliver(JsonObject event, Duration limit) throws IOException;

    /** There is nothing to tell for now: it lets go of what costs something to have. */
    void rest();
}
