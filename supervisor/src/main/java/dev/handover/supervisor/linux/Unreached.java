package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;
import java.io.IOException;

/** Nothing that this host sends comes to a group: another socket is more particular, wherever it sends to. */
public final class Unreached extends IOException {
    private static final long serialVersionUID = 1;

    Unreached(ListenAddress group, SocketRow other) {
        super("what this host sends to " + group + " goes to another socket, " + other);
    }
}
