package dev.handover.supervisor.daemon;

import java.util.function.LongSupplier;

/**
 * Keeps the heap near what is live. The serial collector looks through what is old when there is no room left for it, and all that the
 * heap may ever have is room: what a few reloads leave behind would stay until then, and be resident.
 */
final class HeapRoom {
    private static final long SPARE_BYTES = 4 << 20;

    private final LongSupplier committed;
    private final Runnable collector;
    private long most;

    /** Of this JVM. */
    HeapRoom() {
        this(Runtime.getRuntime()::totalMemory, System::gc);
    }

    /**
     * @param committed how many bytes the heap has of the machine's memory
     * @param collector frees what is not live, and gives it back
     */
    HeapRoom(LongSupplier committed, Runnable collector) {
        this.committed = committed;
        this.collector = collector;
        this.most = bound();
    }

    /** Collects if the heap has grown by half since the last time. All stand still meanwhile, for some 20 ms where 5 MiB are live. */
    void look() {
        if (committed.getAsLong() > most) {
            collector.run();
            most = bound();
        }
    }

    private long bound() {
        long now = committed.getAsLong();
        return now + now / 2 + SPARE_BYTES;
    }
}
