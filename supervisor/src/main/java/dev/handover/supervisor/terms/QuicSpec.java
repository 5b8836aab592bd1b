package dev.handover.supervisor.terms;

import java.time.Duration;

/**
 * That a service's UDP listeners speak QUIC, and how its workers' connections are told apart.
 *
 * @param tagOffset at which byte of the connection ids that the workers mint their {@link QuicTag} begins, 0 to
 *     {@value #LAST_TAG_OFFSET}
 * @param quiet how long no datagram must have come to a worker that leaves for its connections to count as over, where it is
 *     drained by watching it
 */
public record QuicSpec(int tagOffset, Duration quiet) {
    /** Of QUIC version 1 (RFC 9000, section 17.2). */
    private static final int LONGEST_ID = 20;

    /** Of a generation: those of four at once still fit into the kernel's program, which has a table of them. */
    public static final int MOST_WORKERS = 128;

    public static final int LAST_TAG_OFFSET = LONGEST_ID - QuicTag.BYTES;

    public QuicSpec {
        if (tagOffset < 0 || tagOffset > LAST_TAG_OFFSET) {
            throw new IllegalArgumentException(
                    "a tag begins at one of the bytes 0 to " + LAST_TAG_OFFSET + ", not " + tagOffset);
        }
        if (quiet.isNegative() || quiet.isZero()) {
            throw new IllegalArgumentException("quiet must be longer than 0, not " + quiet);
        }
    }
}
