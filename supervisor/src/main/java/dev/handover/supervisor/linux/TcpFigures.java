package dev.handover.supervisor.linux;

import java.nio.ByteBuffer;

/**
 * What the kernel counts of one TCP connection (struct tcp_info of linux/tcp.h), seen from this side.
 *
 * @param sentAgo milliseconds since the last data went out, or since the connection was made if none has
 * @param receivedAgo milliseconds since the last data came in, or since the connection was made if none has
 * @param sent bytes of data that went out, each once
 * @param received bytes of data that came in; the client's end counts as one
 * @param unread bytes that came in and that no process has read; the client's end counts as one
 * @param unacknowledged bytes that a process wrote and the client has not acknowledged; this side's end counts as one
 * @param acknowledged bytes that the client has acknowledged; this side's end counts as one
 * @param segmentsOut all segments that went out, those without data included
 * @param dataSegmentsOut those of them with data
 * @param segmentSize how many bytes of data a segment of this connection may carry
 */
public record TcpFigures(
        long sentAgo,
        long receivedAgo,
        long sent,
        long received,
        long unread,
        long unacknowledged,
        long acknowledged,
        long segmentsIn,
        long segmentsOut,
        long dataSegmentsIn,
        long dataSegmentsOut,
        long segmentSize) {
    static final int LAST_DATA_SENT = 44;
    static final int LAST_DATA_RECEIVED = 52;
    private static final int SEGMENT_SIZE = 16;
    private static final int BYTES_ACKNOWLEDGED = 120;
    private static final int BYTES_RECEIVED = 128;
    private static final int SEGMENTS_OUT = 136;
    private static final int SEGMENTS_IN = 140;
    private static final int DATA_SEGMENTS_IN = 152;
    private static final int DATA_SEGMENTS_OUT = 156;
    private static final int BYTES_SENT = 200;
    private static final int BYTES_SENT_AGAIN = 208;

    /** What of the struct is read: Linux 4.19 has it all. */
    static final int BYTES = 216;

    /** Whether the struct there counts the same; the time since data went or came is not counted. */
    boolean areStill(ByteBuffer from, int at, long nowUnread, long nowUnacknowledged) {
        return unread == nowUnread
                && unacknowledged == nowUnacknowledged
                && segmentsIn == unsigned(from, at + SEGMENTS_IN)
                && segmentsOut == unsigned(from, at + SEGMENTS_OUT)
                && received == from.getLong(at + BYTES_RECEIVED)
                && acknowledged == from.getLong(at + BYTES_ACKNOWLEDGED);
    }

    static TcpFigures read(ByteBuffer from, int at, long unread, long unacknowledged) {
        return new TcpFigures(
                unsigned(from, at + LAST_DATA_SENT),
                unsigned(from, at + LAST_DATA_RECEIVED),
                from.getLong(at + BYTES_SENT) - from.getLong(at + BYTES_SENT_AGAIN),
                from.getLong(at + BYTES_RECEIVED),
                unread,
                unacknowledged,
                from.getLong(at + BYTES_ACKNOWLEDGED),
                unsigned(from, at + SEGMENTS_IN),
                unsigned(from, at + SEGMENTS_OUT),
                unsigned(from, at + DATA_SEGMENTS_IN),
                unsigned(from, at + DATA_SEGMENTS_OUT),
                unsigned(from, at + SEGMENT_SIZE));
    }

    private static long unsigned(ByteBuffer from, int at) {
        return Integer.toUnsignedLong(from.getInt(at));
    }

    /**
     * Whether the client said something after the last that it was told, or was never told anything. Both within one tick of
     * the kernel's clock count as answered: see {@link #isTied}.
     */
    public boolean asked() {
        return received > 0 && (sent == 0 || receivedAgo < sentAgo);
    }

    /**
     * Whether these count from nothing again, and tell nothing of the connection: so they do once this side has reset it by
     * a close with SO_LINGER 0 (tcp_disconnect() in net/ipv4/tcp.c).
     */
    public boolean isWipedAfter(TcpFigures before) {
        return segmentsIn < before.segmentsIn;
    }

    /**
     * Whether the last data came in and went out within one tick of the kernel's clock (1 to 10 ms), so that these figures
     * don't tell in which order: {@link LastWord} may.
     */
    public boolean isTied() {
        return received > 0 && sent > 0 && receivedAgo == sentAgo;
    }

    /** The same, where it is known by other means that what came in last came after what went out. */
    public TcpFigures thoughAsked() {
        return new TcpFigures(
                receivedAgo + 1,
                receivedAgo,
                sent,
                received,
                unread,
                unacknowledged,
                acknowledged,
                segmentsIn,
                segmentsOut,
                dataSegmentsIn,
                dataSegmentsOut,
                segmentSize);
    }
}
