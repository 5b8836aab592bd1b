package dev.handover.supervisor.witness;

import dev.handover.supervisor.linux.LastWord;
import dev.handover.supervisor.linux.SocketState;
import dev.handover.supervisor.linux.TcpAddresses;
import dev.handover.supervisor.linux.TcpFigures;
import dev.handover.supervisor.witness.Evidence.First;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection that a draining worker holds, with what was seen of it so far. */
final class Tracked {
    private static final long STREAM = Duration.ofMillis(300).toNanos();
    private static final long PAUSE = Duration.ofSeconds(1).toNanos();
    private static final long REST = Duration.ofSeconds(1).toNanos();
    private static final int STREAM_GROWTHS = 2;
    /** More than a farewell or a short answer: a program that writes so much has perhaps more to write. */
    private static final long MUCH = 16 * 1024;

    private final long inode;
    private final TcpAddresses addresses;
    private final TcpFigures told;
    private final long since;
    /** It was made then, or before. */
    private long madeBy;

    private long holder;
    private int descriptor;
    private TcpFigures seen;
    /** As they were when a look found a question open last. */
    private @Nullable TcpFigures asked;

    private SocketState state;
    /** Whether the client that has ended its side waits for an answer: its own socket is there, and somebody's. */
    private First clientsEnd = First.CLIENT_SIDE;

    private boolean maybeAnothers;
    /** Who had the last word at the last look is known, or can't be. */
    private boolean orderSettled;

    private boolean orderUnknown;
    private long lookedAt;
    private int growths;
    private long grewFirst;
    private long grewLast;

    Tracked(long inode, TcpAddresses addresses, SocketState state, TcpFigures told, long now) {
        this.inode = inode;
        this.addresses = addresses;
        this.state = state;
        this.told = told;
        this.seen = told;
        this.asked = told.asked() ? told : null;
        this.since = now;
        this.madeBy = lastChange(told, now);
        this.lookedAt = now;
    }

    /** When data went or came last, or it was made: the kernel shows no more of its age. */
    private static long lastChange(TcpFigures figures, long now) {
        return now - TimeUnit.MILLISECONDS.toNanos(Math.max(figures.sentAgo(), figures.receivedAgo()));
    }

    /** How long it has been open at least. */
    Duration openAtLeast(long now) {
        return Duration.ofNanos(Math.max(0, now - madeBy));
    }

    /** When it was made at the latest, on the monotonic clock in nanoseconds. */
    long madeBy() {
        return madeBy;
    }

    long inode() {
        return inode;
    }

    TcpAddresses addresses() {
        return addresses;
    }

    /** The process that was seen with it; 0 while it lies between two. */
    long holder() {
        return holder;
    }

    /** Its number in that process. */
    int descriptor() {
        return descriptor;
    }

    void heldBy(Holder found) {
        holder = found.pid();
        descriptor = found.descriptor();
    }

    /** It may have been a worker's that does not drain. */
    void maybeAnothers() {
        maybeAnothers = true;
    }

    boolean isMaybeAnothers() {
        return maybeAnothers;
    }

    SocketState state() {
        return state;
    }

    /** When a look found it last. */
    long lookedAt() {
        return lookedAt;
    }

    TcpFigures seen() {
        return seen;
    }

    /** It counts as it did at the last look. */
    void seeUnchanged(SocketState newState, long now) {
        state = newState;
        lookedAt = now;
    }

    void see(SocketState newState, TcpFigures figures, long now) {
        if (figures.dataSegmentsIn() != seen.dataSegmentsIn()) {
            growths = 0;
        } else if (figures.sent() > seen.sent()) {
            growths++;
            grewFirst = growths == 1 ? now : grewFirst;
            grewLast = now;
        }
        state = newState;
        seen = figures;
        madeBy = Math.min(madeBy, lastChange(figures, now));
        asked = figures.asked() ? figures : asked;
        orderSettled = false;
        orderUnknown = false;
        lookedAt = now;
    }

    /** Whether its figures leave open who had the last word, and nobody has told yet. */
    boolean isTied() {
        return !orderSettled && holder != 0 && seen.isTied();
    }

    void lastWord(LastWord.Whose whose) {
        orderSettled = whose != LastWord.Whose.NOT_YET;
        orderUnknown = whose == LastWord.Whose.UNKNOWN;
        if (whose == LastWord.Whose.CLIENT) {
            seen = seen.thoughAsked();
            asked = seen;
        }
    }

    /** Its process has closed it. */
    void closed(SocketState left) {
        state = left;
    }

    /** The client has ended its side, and left for good as far as that can be seen, or waits. */
    void clientEnded(First how) {
        clientsEnd = how;
    }

    /** Who ended it, by what a look before the end showed; {@link First#UNKNOWN} where nobody had. */
    First endedBefore() {
        return switch (state) {
            case CLOSE_WAIT, LAST_ACK -> clientsEnd;
            case FIN_WAIT1, FIN_WAIT2, CLOSING, TIME_WAIT -> First.WORKER;
            default -> First.UNKNOWN;
        };
    }

    /**
     * Who ended it, by the segments since the last look, where the kernel keeps nothing of this side's end. A client's
     * reset, or its end, is one without data; so is what acknowledges the worker's end.
     */
    First endedBySegments(TcpFigures end) {
        long in = end.segmentsIn() - seen.segmentsIn() - (end.dataSegmentsIn() - seen.dataSegmentsIn());
        long out = end.segmentsOut() - seen.segmentsOut() - (end.dataSegmentsOut() - seen.dataSegmentsOut());
        boolean acknowledged = end.acknowledged() > end.sent();
        if (in == 0 || (in == 1 && acknowledged)) {
            return First.WORKER; // Had the client ended it before, there would be one for each.
        }
        if (out == 0) {
            return First.CLIENT;
        }
        // The client's end came in; had this side's gone out before it, something would have been kept.
        boolean clientsEndCame = end.dataSegmentsIn() == seen.dataSegmentsIn() && end.received() == seen.received() + 1;
        return clientsEndCame ? First.CLIENT_SIDE : First.UNKNOWN;
    }

    /** Whether it had been quiet for so long, since the worker was told, that who closes what it is done with had closed it. */
    boolean isRested(TcpFigures end, long now) {
        return now - since >= REST && Math.min(end.sentAgo(), end.receivedAgo()) >= TimeUnit.NANOSECONDS.toMillis(REST);
    }

    /** Whether an answer was on its way at the last look, and went on until its end, or the client was slow to take it. */
    private boolean wasSentMuch(TcpFigures end) {
        return !seen.asked()
                && end.dataSegmentsIn() == seen.dataSegmentsIn()
                && (end.sent() - seen.sent() > MUCH || seen.unacknowledged() > MUCH);
    }

    /** @param byExit whether the end of the process that held it may have been its end */
    Judgement judge(TcpFigures end, First first, boolean byExit, long now) {
        boolean grew = growths >= STREAM_GROWTHS && grewLast - grewFirst >= STREAM && now - grewLast <= PAUSE;
        boolean streams = grew || (byExit && wasSentMuch(end));
        return new Evidence(told, seen, asked, end, first, streams, orderUnknown).judgement();
    }
}
