package dev.handover.supervisor.witness;

import dev.handover.supervisor.linux.LastWord;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.linux.SocketState;
import dev.handover.supervisor.witness.Evidence.First;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether a question is open, and somebody waits for the answer, where a connection's figures don't tell. For one thread. */
final class Questions {
    private final SockDiag sockets;

    Questions(SockDiag sockets) {
        this.sockets = sockets;
    }

    /** After a look at all that the worker holds, whose figures are fresh. */
    void look(DrainWatch watch) throws LinuxException {
        lookForLastWords(watch);
        for (Tracked connection : watch.open().values()) {
            lookAtClient(connection);
        }
    }

    private static void lookForLastWords(DrainWatch watch) throws LinuxException {
        Map<Long, List<Map.Entry<Long, Tracked>>> tied = watch.open().entrySet().stream()
                .filter(one -> one.getValue().isTied())
                .collect(Collectors.groupingBy(one -> one.getValue().holder()));
        for (Map.Entry<Long, List<Map.Entry<Long, Tracked>>> held : tied.entrySet()) {
            try (LastWord words = LastWord.in(held.getKey())) {
                for (Map.Entry<Long, Tracked> one : held.getValue()) {
                    Tracked connection = one.getValue();
                    connection.lastWord(words.of(connection.descriptor(), one.getKey()));
                }
            }
        }
    }

    /**
     * Whether a client that has ended its side, with a question open, waits for the answer; where it is on this machine.
     * It counts only while the worker has not ended its own side: that takes the client's socket away, waiting or not.
     */
    private void lookAtClient(Tracked connection) throws LinuxException {
        if (connection.state() != SocketState.CLOSE_WAIT || !connection.seen().asked()) {
            return;
        }
        Optional<SockDiag.Presence> client = sockets.at(connection.addresses().reversed());
        boolean inTime = sockets.at(connection.addresses())
                .filter(own -> own.held() && own.state() == SocketState.CLOSE_WAIT)
                .isPresent();
        if (inTime && client.isPresent()) {
            connection.clientEnded(client.get().held() ? First.WORKER : First.CLIENT);
        } else if (inTime && connection.addresses().isOfLoopback()) {
            connection.clientEnded(First.CLIENT);
        }
    }
}
