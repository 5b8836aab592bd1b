package dev.handover.worker.adopt;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.handover.worker.Adopter;
import dev.handover.worker.ListenAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Adopts with the help of recvmsg(2) and dup2(2). */
public final class NativeAdopter implements Adopter {
    private static final System.Logger LOG = System.getLogger("dev.handover.worker.adopt");

    /** For {@link java.util.ServiceLoader}. */
    public NativeAdopter() {}

    @Override
    public void start(Path supervisor, BooleanSupplier accepting, Predicate<Orphan> listeners) {
        SupervisorLink link =
                new SupervisorLink(supervisor, accepting, (address, listener) -> adopt(address, listener, listeners));
        Thread thread = new Thread(link, "handover-adopter");
        thread.setDaemon(true);
        thread.start();
    }

    private static void adopt(ListenAddress address, int listener, Predicate<Orphan> listeners) {
        try {
            AdoptedListener orphan = AdoptedListener.open(listener, address);
            if (listeners.test(orphan)) {
                LOG.log(INFO, "adopted a dead worker''s listener at {0}", address);
            } else {
                orphan.channel().close();
                LOG.log(
                        INFO,
                        "a dead worker''s listener at {0} is left to others: no listener here is open there",
                        address);
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(WARNING, "a dead worker's listener at " + address + " can't be adopted", e);
        }
    }
}
