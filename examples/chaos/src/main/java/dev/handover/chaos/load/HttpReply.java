package dev.handover.chaos.load;

import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 reply to a GET, framed as RFC 9112 section 6.3 says: by chunks, by its length, or by the end of the
 * stream. Informational replies (1xx) are passed over.
 */
final class HttpReply implements Reply {
    private enum Part {
        STATUS,
        HEADERS,
        COUNTED_BODY,
        BODY_TO_THE_END,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILERS,
        WHOLE
    }

    private static final int LONGEST_LINE = 8192;

    private final StringBuilder line = new StringBuilder(64);
    private Part part = Part.STATUS;
    private boolean started;
    private int status;
    private boolean malformed;
    private boolean keepsAlive = true;
    private boolean chunked;
    private long length = -1;
    private long left;
    private @Nullable String worker;

    @Override
    public boolean take(ByteBuffer bytes) {
        started |= bytes.hasRemaining();
        while (part != Part.WHOLE && bytes.hasRemaining()) {
            switch (part) {
                case COUNTED_BODY, CHUNK -> skip(bytes);
                case BODY_TO_THE_END -> bytes.position(bytes.limit());
                case STATUS, HEADERS, CHUNK_SIZE, CHUNK_END, TRAILERS -> takeOfLine((char) (bytes.get() & 0xff));
                case WHOLE -> throw new IllegalStateException("the reply is whole");
            }
        }
        return part == Part.WHOLE;
    }

    @Override
    public boolean isStarted() {
        return started;
    }

    @Override
    public boolean isWholeAtEnd() {
        return part == Part.WHOLE || (part == Part.BODY_TO_THE_END && !malformed);
    }

    /** The reply's {@code X-Worker}. */
    @Override
    public @Nullable String worker() {
        return worker;
    }

    /** Anything but 2xx. */
    @Override
    public boolean isWrong() {
        return malformed || status < 200 || status > 299;
    }

    @Override
    public boolean keepsAlive() {
        return keepsAlive && part == Part.WHOLE;
    }

    private void skip(ByteBuffer bytes) {
        int skipped = (int) Math.min(left, bytes.remaining());
        bytes.position(bytes.position() + skipped);
        left -= skipped;
        if (left == 0) {
            part = part == Part.CHUNK ? Part.CHUNK_END : Part.WHOLE;
        }
    }

    private void takeOfLine(char next) {
        if (next != '\n') {
            if (line.length() < LONGEST_LINE) {
                line.append(next);
            }
            return;
        }
        int end = line.length();
        if (end > 0 && line.charAt(end - 1) == '\r') {
            end--;
        }
        String text = line.substring(0, end);
        line.setLength(0);
        switch (part) {
            case STATUS -> takeStatus(text);
            case HEADERS -> takeHeader(text);
            case CHUNK_SIZE -> takeChunkSize(text);
            case CHUNK_END -> part = Part.CHUNK_SIZE;
            case TRAILERS -> part = text.isEmpty() ? Part.WHOLE : Part.TRAILERS;
            case COUNTED_BODY, BODY_TO_THE_END, CHUNK, WHOLE -> throw new IllegalStateException("no line in " + part);
        }
    }

    private void takeStatus(String text) {
        if (text.matches("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?")) {
            status = Integer.parseInt(text.substring(9, 12));
            keepsAlive = text.charAt(7) == '1';
            part = Part.HEADERS;
        } else {
            malformed();
        }
    }

    private void takeHeader(String text) {
        if (text.isEmpty()) {
            beginBody();
            return;
        }
        int colon = text.indexOf(':');
        String name = text.substring(0, Math.max(colon, 0)).toLowerCase(Locale.ROOT);
        String value = text.substring(colon + 1).strip();
        switch (name) {
            case "content-length" -> length = parse(value, 10);
            case "transfer-encoding" -> chunked = value.toLowerCase(Locale.ROOT).endsWith("chunked");
            case "connection" ->
                keepsAlive = !value.equalsIgnoreCase("close") && (keepsAlive || value.equalsIgnoreCase("keep-alive"));
            case "x-worker" -> worker = value;
            default -> {}
        }
    }

    private void beginBody() {
        if (status < 200) {
            part = Part.STATUS;
        } else if (status == 204 || status == 304) {
            part = Part.WHOLE;
        } else if (chunked) {
            part = Part.CHUNK_SIZE;
        } else if (length >= 0) {
            left = length;
            part = length == 0 ? Part.WHOLE : Part.COUNTED_BODY;
        } else if (!malformed) {
            part = Part.BODY_TO_THE_END;
        }
    }

    private void takeChunkSize(String text) {
        int extension = text.indexOf(';');
        left = parse((extension < 0 ? text : text.substring(0, extension)).strip(), 16);
        if (!malformed) {
            part = left == 0 ? Part.TRAILERS : Part.CHUNK;
        }
    }

    private long parse(String number, int radix) {
        if (!number.matches(radix == 10 ? "[0-9]{1,18}" : "[0-9A-Fa-f]{1,15}")) {
            malformed();
            return -1;
        }
        return Long.parseLong(number, radix);
    }

    private void malformed() {
        malformed = true;
        part = Part.BODY_TO_THE_END;
    }
}
