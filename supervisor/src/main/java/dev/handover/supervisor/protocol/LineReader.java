package dev.handover.supervisor.protocol;

import dev.handover.supervisor.protocol.WorkerMessage.BadMessage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads lines of a limited length. */
final class LineReader {
    private final InputStream input;
    private final byte[] line = new byte[WorkerMessage.LONGEST - 1];

    LineReader(InputStream input) {
        this.input = new BufferedInputStream(input, WorkerMessage.LONGEST);
    }

    /**
     * Returns the next line without its newline; empty at the end, and for a last line without a newline, which was
     * never finished.
     *
     * @throws BadMessage if it is too long or not UTF-8; nothing more can be read then
     */
    Optional<String> next() throws IOException, BadMessage {
        int length = 0;
        for (int next = input.read(); next >= 0; next = input.read()) {
            if (next == '\n') {
                return Optional.of(decode(length));
            }
            if (length == line.length) {
                throw new BadMessage("a line is at most " + WorkerMessage.LONGEST + " bytes");
            }
            line[length++] = (byte) next;
        }
        return Optional.empty();
    }

    private String decode(int length) throws BadMessage {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line, 0, length))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw new BadMessage("a line is UTF-8");
        }
    }
}
