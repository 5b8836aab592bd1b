package dev.handover.worker;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Cuts a stream of bytes into messages, however the bytes come. */
final class MessageReader {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    /** Bytes that are no message: from here on nobody can tell where the next one begins. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message);
        }
    }

    /** Takes all bytes and gives the messages that are now complete. */
    List<Message> read(ByteBuffer bytes) throws Unreadable {
        List<Message> messages = new ArrayList<>();
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next == '\n') {
                messages.add(message(line.toByteArray()));
                line.reset();
            } else if (line.size() + 1 >= Message.MAX_BYTES) {
                throw new Unreadable("a line is at most " + Message.MAX_BYTES + " bytes, its newline included");
            } else {
                line.write(next);
            }
        }
        return messages;
    }

    private static Message message(byte[] bytes) throws Unreadable {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Unreadable("a line is UTF-8");
        }
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw new Unreadable("a line is KEY=VALUE");
        }
        try {
            return new Message(text.substring(0, equals), text.substring(equals + 1));
        } catch (IllegalArgumentException e) {
            throw new Unreadable(String.valueOf(e.getMessage()));
        }
    }
}
