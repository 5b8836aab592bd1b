package dev.handover.chaos.load;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The line sent, expected back. */
final class LineReply implements Reply {
    private final byte[] expected;
    private int length;
    private boolean differs;

    /** @param expected with its newline */
    LineReply(byte[] expected) {
        this.expected = expected;
    }

    @Override
    public boolean take(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            differs |= length >= expected.length || next != expected[length];
            length++;
            if (next == '\n') {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean isStarted() {
        return length > 0;
    }

    @Override
    public boolean isWholeAtEnd() {
        return false;
    }

    @Override
    public @Nullable String worker() {
        return null;
    }

    @Override
    public boolean isWrong() {
        return differs;
    }

    @Override
    public boolean keepsAlive() {
        return true;
    }
}
