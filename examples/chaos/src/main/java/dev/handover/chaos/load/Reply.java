package dev.handover.chaos.load;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads one reply, byte by byte as it comes, to its end and no further. */
interface Reply {
    /** Takes bytes until the reply is whole or none is left; true once it is whole. */
    boolean take(ByteBuffer bytes);

    /** Whether any byte has come. */
    boolean isStarted();

    /** Whether the end of the stream, now, is the end of the reply. */
    boolean isWholeAtEnd();

    /** Who answered, if the whole reply tells. */
    @Nullable
    String worker();

    /** Whether the whole reply is not what was asked for. */
    boolean isWrong();

    /** Whether the server keeps the connection for another request. */
    boolean keepsAlive();
}
