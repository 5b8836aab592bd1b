package dev.handover.supervisor.steering;

import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The wait until what is in flight to a generation that is steered away from has run empty. For one thread. */
final class Quiesce {
    private final ServiceName service;
    private final GenerationId generation;
    private final Departures departures;
    private final long limitNanos;
    private final Turns turns;
    private final BooleanSupplier leaves;
    private final Consumer<Event> inbox;
    private final Again looks;
    private final long began;

    /**
     * @param leaves whether these departures are still the generation's
     * @param inbox gets {@link Event.Quiesced}, once
     */
    Quiesce(
            ServiceName service,
            GenerationId generation,
            Departures departures,
            Duration limit,
            Turns turns,
            BooleanSupplier leaves,
            Consumer<Event> inbox) {
        this.service = service;
        this.generation = generation;
        this.departures = departures;
        this.limitNanos = limit.toNanos();
        this.turns = turns;
        this.leaves = leaves;
        this.inbox = inbox;
        this.looks = Again.often(turns, this::isOver);
        this.began = turns.now();
    }

    /** Takes what is in flight now to wait for. New connections no longer come to it, where they can be kept from it. */
    void begin(long now) {
        try {
            departures.capture();
        } catch (IOException e) {
            end(false, ": " + Why.of(e));
            return;
        }
        if (!isOver(now)) {
            looks.begin();
        }
    }

    private boolean isOver(long now) {
        try {
            if (!leaves.getAsBoolean()) {
                end(false, ": it serves again, or was released");
            } else if (departures.isEmpty(now)) {
                String open = departures.open();
                end(open.isEmpty(), open.isEmpty() ? "" : ": " + open);
            } else if (now - began >= limitNanos) {
                end(false, ": its time is over");
            } else {
                return false;
            }
        } catch (IOException e) {
            end(false, ": " + Why.of(e));
        }
        return true;
    }

    private void end(boolean empty, String why) {
        long millis = TimeUnit.NANOSECONDS.toMillis(turns.now() - began);
        inbox.accept(new Event.Quiesced(service, generation, empty, departures + " (" + millis + " ms)" + why));
    }
}
