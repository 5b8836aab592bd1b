package dev.handover.worker;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Receives the listeners of workers that died, for what they had not accepted. The JDK can't receive a descriptor over a Unix
 * socket, so this library can't adopt by itself; the module {@code worker-adopt} can. A supervised worker starts, when it is
 * ready and has a {@link TcpListener}, whatever {@link java.util.ServiceLoader} finds: to have that module on the class path
 * is enough.
 */
public interface Adopter {
    /** A dead worker's listener. Others may accept from it at the same time. */
    interface Orphan {
        /**
         * Says where its clients wanted to go.
         *
         * @return the address that it has in the configuration
         */
        ListenAddress address();

        /**
         * Gives the channel.
         *
         * @return the channel, open and in blocking mode
         */
        ServerSocketChannel channel();

        /**
         * Says whether the supervisor has ended it, since nothing waits in it any more. Asked when accepting has failed, which
         * it also does for want of descriptors.
         *
         * @return true once nobody can accept from it any more
         * @throws IOException if that can't be told
         */
        boolean isOver() throws IOException;
    }

    /**
     * Begins, on daemon threads of its own; returns at once and throws nothing. Any thread may call what it is given.
     *
     * @param supervisor the socket that the supervisor hears its workers on (docs/protocol.md)
     * @param accepting whether this worker accepts; one that doesn't is not to say that it adopts
     * @param listeners passes an orphan to this worker's listener at the same address, which accepts from it beside its own
     *     queue, and closes it when it is over or the worker has drained; false if none there is open: nothing was accepted
     *     from it, and the adopter closes it
     */
    void start(Path supervisor, BooleanSupplier accepting, Predicate<Orphan> listeners);
}
