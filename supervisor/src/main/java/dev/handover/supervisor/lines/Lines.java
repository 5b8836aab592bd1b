package dev.handover.supervisor.lines;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A stream cut into lines of a limited length. One thread reads it. */
public final class Lines {
    private static final int BUFFERED = 8192;

    private final InputStream input;
    private final int longest;
    private final byte[] buffer;
    private int next;
    private int end;

    /** @param longest of a line, in bytes, its newline included */
    public Lines(InputStream input, int longest) {
        this.input = input;
        this.longest = longest;
        this.buffer = new byte[Math.min(longest, BUFFERED)];
    }

    /**
     * The next line without its newline; null at the end of the stream, where a line that was never ended counts for
     * nothing.
     *
     * @throws TooLong if it is longer than allowed: where the next one begins is unknown
     */
    public byte @Nullable [] next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        while (true) {
            int newline = next;
            while (newline < end && buffer[newline] != '\n') {
                newline++;
            }
            if (line.size() + newline - next > longest - 1) {
                throw new TooLong(longest);
            }
            line.write(buffer, next, newline - next);
            next = newline + 1;
            if (newline < end) {
                return line.toByteArray();
            }
            end = input.read(buffer);
            next = 0;
            if (end < 0) {
                return null;
            }
        }
    }

    /** A line that has no end within the bound. */
    public static final class TooLong extends IOException {
        private static final long serialVersionUID = 1L;

        TooLong(int longest) {
            super("a line is at most " + longest + " bytes");
        }
    }
}
