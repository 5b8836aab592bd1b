package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.TcpFigures;
import dev.handover.supervisor.terms.Answers;
import dev.handover.supervisor.terms.Answers.Count;
import dev.handover.supervisor.terms.Answers.Share;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** What of an answer the connections got that came to one generation, by what the kernel counts. For one thread. */
final class AnswerCount {
    /** For so long a client has no answer yet, and no less. */
    private static final long PATIENCE_MILLIS = 2000;

    private static final int HANDSHAKE_AND_END = 3;
    /** More are not told apart: these stand for all. */
    private static final int MOST_CLIENTS = 10_000;

    /** Where a connection counts: it got no answer; or one, of which it is not known how long it took, as the client said more since. */
    private static final int UNANSWERED = 0;

    private static final int UNTIMED = 1;
    /** From here on: within the first bound, later than that and within the next, and so on. */
    private static final int TIMED = 2;

    private static final int PLACES = TIMED + Answers.BOUNDS.size() + 1;

    private final Map<Long, long[]> clients = new HashMap<>();
    private final long[] all;

    AnswerCount() {
        all = new long[PLACES];
    }

    private AnswerCount(AnswerCount other) {
        all = other.all.clone();
        other.clients.forEach((client, places) -> clients.put(client, places.clone()));
    }

    AnswerCount copy() {
        return new AnswerCount(this);
    }

    /** One has ended. A client that soon leaves by itself, and has asked for nothing, is nobody's matter: a probe, perhaps. */
    void ended(InetAddress client, TcpFigures last) {
        if (last.sent() > 0) {
            count(client, answered(last));
        } else if (last.dataSegmentsIn() > 0 || last.sentAgo() >= PATIENCE_MILLIS || isLeftFirst(last)) {
            count(client, UNANSWERED);
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
            count(client, UNANSWERED);
        } else if (now.sent() > 0) {
            count(client, answered(now));
        }
    }

    private static int answered(TcpFigures figures) {
        if (figures.asked()) {
            return UNTIMED;
        }
        Duration took = Duration.ofMillis(figures.receivedAgo() - figures.sentAgo());
        return TIMED
                + (int) Answers.BOUNDS.stream()
                        .filter(bound -> took.compareTo(bound) > 0)
                        .count();
    }

    private void count(InetAddress client, int place) {
        all[place]++;
        Long key = Tally.key(client);
        if (clients.size() < MOST_CLIENTS || clients.containsKey(key)) {
            clients.computeIfAbsent(key, first -> new long[PLACES])[place]++;
        }
    }

    Answers figures() {
        return new Answers(
                count(UNANSWERED, UNANSWERED + 1, UNANSWERED),
                IntStream.range(TIMED + 1, PLACES)
                        .mapToObj(place -> count(place, PLACES, TIMED))
                        .toList());
    }

    /** Those that count at one of the places from {@code first} to before {@code end}, of all from {@code of} on. */
    private Count count(int first, int end, int of) {
        long known = 0;
        long concerned = 0;
        Share worst = Share.NONE;
        for (long[] places : clients.values()) {
            Share share = share(places, first, end, of);
            known += share.of() > 0 ? 1 : 0;
            concerned += share.some() > 0 ? 1 : 0;
            worst = share.some() > worst.some() ? share : worst;
        }
        return new Count(share(all, first, end, of), known, concerned, worst);
    }

    private static Share share(long[] places, int first, int end, int of) {
        return new Share(
                Arrays.stream(places, first, end).sum(),
                Arrays.stream(places, of, PLACES).sum());
    }
}
