package dev.handover.worker;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Found by every supervised worker of these tests, and started once it can adopt; tests offer orphans in its place. */
public final class OfferingAdopter implements Adopter {
    /** By the supervisor's socket. */
    static final Map<Path, OfferingAdopter> STARTED = new ConcurrentHashMap<>();

    private BooleanSupplier accepting = () -> false;
    private Predicate<Orphan> listeners = orphan -> false;

    @Override
    public void start(Path supervisor, BooleanSupplier isAccepting, Predicate<Orphan> takers) {
        accepting = isAccepting;
        listeners = takers;
        if (STARTED.put(supervisor, this) != null) {
            throw new AssertionError("started twice for " + supervisor);
        }
    }

    boolean accepting() {
        return accepting.getAsBoolean();
    }

    boolean offer(Orphan orphan) {
        return listeners.test(orphan);
    }
}
