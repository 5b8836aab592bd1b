package dev.handover.supervisor.protocol;

import dev.handover.supervisor.lines.Lines;
import dev.handover.supervisor.protocol.WorkerMessage.BadMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads what a worker says, a message at a time. */
final class MessageReader {
    private final Lines lines;

    MessageReader(InputStream input) {
        this.lines = new Lines(input, WorkerMessage.LONGEST);
    }

    /**
     * Returns the next message; empty at the end, and for a last line without a newline, which was never finished.
     *
     * @throws BadMessage if it is too long, not UTF-8 or no message; nothing more is to be read then
     */
    Optional<WorkerMessage> next() throws IOException, BadMessage {
        try {
            byte[] line = lines.next();
            return line == null ? Optional.empty() : Optional.of(WorkerMessage.parse(decode(line)));
        } catch (Lines.TooLong tooLong) {
            throw new BadMessage(String.valueOf(tooLong.getMessage()));
        }
    }

    private static String decode(byte[] line) throws BadMessage {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw new BadMessage("a line is UTF-8");
        }
    }
}
