package dev.handover.chaos.load;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** Starts connections. */
interface Connector {
    /**
     * @return a non-blocking channel, connected or connecting
     * @throws IOException if the kernel refused at once; nothing is left open
     */
    SocketChannel connect() throws IOException;
}
