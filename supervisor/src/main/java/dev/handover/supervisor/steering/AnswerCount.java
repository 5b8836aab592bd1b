package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.TcpFigures;
import dev.handover.supervisor.terms.Answers;
import dev.handover.supervisor.terms.Answers.Share;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How many of the connections that came to one generation got no answer, by what the kernel counts. For one thread. */
final class AnswerCount {
    /** For so long a client has no answer yet, and no less. */
    private static final long PATIENCE_MILLIS = 2000;

    private static final int HANDSHAKE_AND_END = 3;
    /** More are not told apart: these stand for all. */
    private static final int MOST_CLIENTS = 10_000;

    private static final Share NOTHING = new Share(0, 0);

    private final Map<Long, Share> clients;
    private Share all;

    AnswerCount() {
        clients = new HashMap<>();
        all = NOTHING;
    }

    private AnswerCount(AnswerCount other) {
        clients = new HashMap<>(other.clients);
        all = other.all;
    }

    AnswerCount copy() {
        return new AnswerCount(this);
    }

    /** One has ended. A client that soon leaves by itself, and has asked for nothing, is nobody's matter: a probe, perhaps. */
    void ended(InetAddress client, TcpFigures last) {
        if (last.sent() > 0) {
            count(client, true);
        } else if (last.dataSegmentsIn() > 0 || last.sentAgo() >= PATIENCE_MILLIS || isLeftFirst(last)) {
            count(client, false);
        }
    }

    /**
     * Whether this side ended it first. Then the client's end came with what acknowledged this side's, if not after the socket
     * had ended, and only the two of the handshake before; where the client is first, another one acknowledges.
     */
    private static boolean isLeftFirst(TcpFigures last) {
        boolean hasLeft = last.acknowledged() + last.unacknowledged() > 0;
        return hasLeft && (last.received() == 0 || last.segmentsIn() <= HANDSHAKE_AND_END);
    }

    /** One is open. What may still be answered in time is not counted. */
    void open(InetAddress client, TcpFigures now) {
        boolean asked = now.dataSegmentsIn() > 0;
        boolean waits = asked ? now.asked() : now.sent() == 0;
        if (waits && (asked ? now.receivedAgo() : now.sentAgo()) >= PATIENCE_MILLIS) {
            count(client, false);
        } else if (now.sent() > 0) {
            count(client, true);
        }
    }

    private void count(InetAddress client, boolean answered) {
        all = all.and(answered);
        Long key = Tally.key(client);
        if (clients.size() < MOST_CLIENTS || clients.containsKey(key)) {
            clients.put(key, clients.getOrDefault(key, NOTHING).and(answered));
        }
    }

    Answers figures() {
        List<Share> some = clients.values().stream()
                .filter(share -> share.unanswered() > 0)
                .toList();
        Share worst =
                some.stream().max(Comparator.comparingLong(Share::unanswered)).orElse(NOTHING);
        return new Answers(all, clients.size(), some.size(), worst);
    }
}
