package dev.handover.supervisor.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A connected client. Closing it ends reads and writes under way in other threads. */
public interface Peer {
    InputStream input() throws IOException;

    OutputStream output() throws IOException;

    /** The user id that the kernel states. */
    int uid();

    /** Whether he is in that group, as the kernel states. */
    boolean isIn(int gid) throws IOException;

    /** Such as {@code pid 4711 of uid 1000}. */
    @Override
    String toString();

    void close();
}
