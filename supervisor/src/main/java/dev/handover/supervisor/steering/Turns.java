package dev.handover.supervisor.steering;

import java.util.function.LongConsumer;

/** The turns that one service's steering takes, one after the other, and its clock. */
interface Turns {
    /** The monotonic clock, in nanoseconds: differences mean something, values don't. */
    long now();

    /** In so many nanoseconds, takes a turn, which is told when it began; none comes any more once the steering has closed. */
    void later(long nanos, LongConsumer turn);
}
