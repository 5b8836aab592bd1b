package dev.handover.worker;

import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.function.BiPredicate;

/**
 * Takes over the listeners of workers that died, for what they had not accepted. The JDK can't receive a descriptor over a
 * Unix socket, so this library can't adopt by itself; the module {@code worker-adopt} can. A supervised worker starts, when
 * it becomes ready, whatever {@link java.util.ServiceLoader} finds: to have that module on the class path is enough.
 */
public interface Adopter {
    /**
     * Begins, on daemon threads of its own; returns at once and throws nothing.
     *
     * @param supervisor the socket that the supervisor hears its workers on (docs/protocol.md)
     * @param clients takes each connection that was accepted from an adopted listener, in blocking mode, with the address
     *     that the listener has in the configuration; false if this worker can't serve it, because it has stopped
     *     accepting: the adopter closes it, then, and the listener too. Any thread may call it
     */
    void start(Path supervisor, BiPredicate<ListenAddress, SocketChannel> clients);
}
