package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sees whether datagrams come to the UDP listeners of a worker or of a descendant of it. */
public final class DatagramProbe {
    private final ListenerProbe probe;

    public DatagramProbe(SockDiag sockets) {
        this.probe = new ListenerProbe(sockets);
    }

    /**
     * What one look has shown.
     *
     * @param lastRead by the listeners' cookies, when the datagram came that was last read: {@link HeldListener#lastRead}
     * @param waiting whether one waits to be read
     */
    public record Sight(Map<Long, Long> lastRead, boolean waiting) {
        public Sight {
            lastRead = Map.copyOf(lastRead);
        }
    }

    /**
     * Looks once.
     *
     * @param pid of the worker
     * @param declared of UDP
     */
    public Sight look(long pid, Collection<ListenAddress> declared) throws IOException {
        Map<Long, Long> lastRead = new HashMap<>();
        boolean waiting = false;
        for (Map.Entry<ListenAddress, List<OwnedSocket>> found :
                probe.search(pid, declared).found().entrySet()) {
            for (OwnedSocket socket : found.getValue()) {
                try (HeldListener listener = HeldListener.hold(socket, found.getKey())) {
                    lastRead.put(socket.socket().cookie(), listener.lastRead());
                    waiting |= listener.backlog().waiting() > 0;
                }
            }
        }
        return new Sight(lastRead, waiting);
    }
}
