package dev.handover.supervisor.control;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Cuts a stream into lines. */
final class LineReader {
    /** The longest line of either side, in bytes, its newline included. */
    static final int LONGEST_LINE = 1 << 20;

    private final InputStream input;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);

    LineReader(InputStream input) {
        this.input = new BufferedInputStream(input);
    }

    /**
     * The next line without its newline; empty at the end of the stream, where an unfinished line counts for nothing.
     *
     * @throws LineTooLong if the line is longer than {@link #LONGEST_LINE}: where the next one begins is unknown
     */
    Optional<byte[]> next() throws IOException {
        line.reset();
        for (int next = input.read(); next >= 0; next = input.read()) {
            if (next == '\n') {
                return Optional.of(line.toByteArray());
            }
            if (line.size() == LONGEST_LINE - 1) {
                throw new LineTooLong();
            }
            line.write(next);
        }
        return Optional.empty();
    }

    static final class LineTooLong extends IOException {
        private static final long serialVersionUID = 1L;

        LineTooLong() {
            super("a line is at most " + LONGEST_LINE + " bytes; the connection is closed");
        }
    }
}
