package dev.handover.supervisor.linux;

import java.io.IOException;
import java.net.InetSocketAddress;

/** Sends packets to one address, from a source that nobody else has as long as this is open. */
interface Sender extends AutoCloseable {
    InetSocketAddress source();

    /**
     * Follows who has come to listen at a more particular address since, and would get the packets.
     *
     * @throws Unreached if none from this source would reach the address any more
     */
    void aim() throws IOException;

    /**
     * Sends one, which of TCP has {@link Probe#HOPS} hops left.
     *
     * @param number what it carries; less than {@link PacketMatch#NUMBERS}
     */
    Sent send(int number) throws IOException;

    @Override
    void close() throws IOException;

    /** One packet sent, and whether it arrived after all. */
    interface Sent extends AutoCloseable {
        /** Whether somebody answered it. */
        boolean answered() throws IOException;

        @Override
        void close() throws IOException;
    }
}
