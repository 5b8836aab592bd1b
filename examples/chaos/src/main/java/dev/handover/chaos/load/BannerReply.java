package dev.handover.chaos.load;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What the server says unasked: whole when the server closes after a newline. */
final class BannerReply implements Reply {
    private static final int KEPT = 512;

    private final StringBuilder text = new StringBuilder(64);
    private boolean started;
    private byte last;

    @Override
    public boolean take(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            last = bytes.get();
            started = true;
            if (text.length() < KEPT) {
                text.append((char) (last & 0xff));
            }
        }
        return false;
    }

    @Override
    public boolean isStarted() {
        return started;
    }

    @Override
    public boolean isWholeAtEnd() {
        return started && last == '\n';
    }

    /** The number that the banner ends in, taken for a pid: {@code pid 4711}. */
    @Override
    public @Nullable String worker() {
        int end = text.length();
        while (end > 0 && !isDigit(text.charAt(end - 1))) {
            end--;
        }
        int begin = end;
        while (begin > 0 && isDigit(text.charAt(begin - 1))) {
            begin--;
        }
        return begin == end ? null : "pid " + text.substring(begin, end);
    }

    @Override
    public boolean isWrong() {
        return false;
    }

    @Override
    public boolean keepsAlive() {
        return false;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
