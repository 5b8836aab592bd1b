package dev.handover.supervisor.witness;

import dev.handover.supervisor.linux.TcpFigures;
import dev.handover.supervisor.witness.Judgement.Fate;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that was seen of one connection that has ended, and what it says.
 *
 * <p>The kernel knows neither questions nor answers: "asked" is data that came in after the last that went out. So it is
 * blind to what a program says while it owes the answer (a stream's next piece, a first half, TLS taking its leave), and
 * some of that can be told from how it looked before.
 *
 * @param told as it was when the worker was told to drain
 * @param seen as it was at the last look before its end
 * @param asked as it was at the last look that found a question open; null where none did
 * @param end as it was in the end
 * @param first who ended it
 * @param streams whether looks had found it being sent to for a while, with nothing asked meanwhile
 * @param orderUnknown whether nobody could tell who had had the last word at the last look
 */
record Evidence(
        TcpFigures told,
        TcpFigures seen,
        @Nullable TcpFigures asked,
        TcpFigures end,
        First first,
        boolean streams,
        boolean orderUnknown) {
    /** Who ended a connection before the other did. */
    enum First {
        WORKER,
        /** By a reset, or by leaving for good. */
        CLIENT,
        /** The client said that it sends no more; it may have waited for the answer. */
        CLIENT_SIDE,
        UNKNOWN
    }

    /** An encrypted alert: 2 bytes and what TLS 1.3, or 1.2 with ChaCha20 or with AES-GCM, wraps them in. */
    private static final Set<Long> FAREWELLS = Set.of(24L, 23L, 31L);
    /** Less than any handshake of TLS takes. */
    private static final long BEFORE_A_FAREWELL = 100;

    private static final long STREAM_MILLIS = 300;
    private static final long STREAM_PAUSE_MILLIS = 2000;
    private static final long STREAM_SEGMENTS = 3;

    Judgement judgement() {
        if (end.isWipedAfter(seen)) {
            return reset();
        }
        if (isUnanswered() && !isClientsFarewell()) {
            return unanswered();
        }
        if (first != First.CLIENT && isWorkersFarewell()) {
            return Judgement.unseen(Doubt.FAREWELL);
        }
        if ((streams || looksLikeAStream()) && first != First.CLIENT && first != First.CLIENT_SIDE) {
            return Judgement.unseen(Doubt.STREAM);
        }
        if (orderUnknown && first != First.CLIENT && isAsSeen()) {
            return Judgement.unseen(Doubt.ORDER);
        }
        return Judgement.of(activity());
    }

    /** A retransmission of what went out before the question counts as sent after it: the bytes tell. */
    private boolean isUnanswered() {
        return end.asked() || isUnread() || (seen.asked() && end.sent() == seen.sent());
    }

    /** What nobody has read nobody has answered; one byte may be the end of the client's side. */
    private boolean isUnread() {
        return end.unread() > 1;
    }

    private boolean isAsSeen() {
        return end.sent() == seen.sent() && end.dataSegmentsIn() == seen.dataSegmentsIn();
    }

    /** What came and went since the last look is not told. A client that had ended its side by then has asked no more. */
    private Judgement reset() {
        boolean over = first == First.CLIENT || (first == First.CLIENT_SIDE && !seen.asked());
        return over
                ? new Evidence(told, seen, asked, seen, first, streams, orderUnknown).judgement()
                : Judgement.unseen(Doubt.RESET);
    }

    private Judgement unanswered() {
        return switch (first) {
            case WORKER -> Judgement.of(Fate.CUT);
            case CLIENT -> Judgement.of(Fate.LEFT);
            case CLIENT_SIDE -> Judgement.unseen(Doubt.HALF_CLOSED);
            case UNKNOWN -> Judgement.unseen(Doubt.WHO_FIRST);
        };
    }

    private Fate activity() {
        boolean since = told.asked()
                || end.dataSegmentsIn() > told.dataSegmentsIn()
                || end.dataSegmentsOut() > told.dataSegmentsOut();
        return since ? Fate.FINISHED : Fate.IDLE;
    }

    private boolean isClientsFarewell() {
        // The end of the client's side counts as a byte, too.
        long last = end.received() - seen.received();
        return !seen.asked()
                && seen.sent() > BEFORE_A_FAREWELL
                && (FAREWELLS.contains(last) || FAREWELLS.contains(last - 1))
                && first != First.WORKER;
    }

    private boolean isWorkersFarewell() {
        return asked != null && asked.sent() > BEFORE_A_FAREWELL && FAREWELLS.contains(end.sent() - asked.sent());
    }

    /** By the last figures alone: many small pieces, up to its end, long after the question. */
    private boolean looksLikeAStream() {
        long segment = Math.max(1, end.segmentSize());
        long needed = (end.sent() + segment - 1) / segment;
        return end.receivedAgo() - end.sentAgo() >= STREAM_MILLIS
                && end.sentAgo() <= STREAM_PAUSE_MILLIS
                && end.dataSegmentsOut() - needed >= STREAM_SEGMENTS * Math.max(1, end.dataSegmentsIn());
    }
}
