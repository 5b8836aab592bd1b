package dev.handover.worker;

import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;

/** Found by every supervised worker of these tests, and started once it is ready; tests offer connections in its place. */
public final class OfferingAdopter implements Adopter {
    /** By the supervisor's socket. */
    static final Map<Path, BiPredicate<ListenAddress, SocketChannel>> STARTED = new ConcurrentHashMap<>();

    @Override
    public void start(Path supervisor, BiPredicate<ListenAddress, SocketChannel> clients) {
        if (STARTED.put(supervisor, clients) != null) {
            throw new AssertionError("started twice for " + supervisor);
        }
    }
}
