package dev.handover.supervisor.terms;

/**
 * The bytes of a QUIC connection id by which the kernel's program knows whose connection it is. It follows from the worker's
 * name, so that a supervisor that is started anew knows it too, and is another for each worker of each of the last four
 * million generations of a service. Workers of two services, as when one takes the other's address over, share one by a
 * chance of 2^-32, and so does an id that a client has chosen.
 *
 * @param offset at which byte of an id it begins, from 0
 * @param value its four bytes, in network order
 */
public record QuicTag(int offset, int value) {
    /** Its length. */
    public static final int BYTES = 4;

    private static final int WORKER_BITS = 10;

    /** What a worker's connection ids bear; a worker that is started again in its place has the same. */
    public static QuicTag of(WorkerId worker, QuicSpec quic) {
        int number = (worker.generation().number() << WORKER_BITS) | (worker.index() & ((1 << WORKER_BITS) - 1));
        return new QuicTag(
                quic.tagOffset(), mixed(number) ^ worker.service().value().hashCode());
    }

    /** Each number another (the mixer known as lowbias32), so that ids that are no random numbers seldom have one. */
    private static int mixed(int number) {
        int mixed = number;
        mixed ^= mixed >>> 16;
        mixed *= 0x7feb352d;
        mixed ^= mixed >>> 15;
        mixed *= 0x846ca68b;
        return mixed ^ (mixed >>> 16);
    }

    /** The value as a worker is told it: eight hexadecimal digits. */
    public String hex() {
        return String.format("%08x", value);
    }
}
