package dev.handover.chaos.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a mode says, and what it expects to hear. */
final class Phrases {
    private final Mode mode;
    private final byte[] httpRequest;

    Phrases(LoadOptions options) {
        mode = options.mode();
        String connection = mode == Mode.HTTP ? "Connection: close\r\n" : "";
        httpRequest = ("GET " + options.path() + " HTTP/1.1\r\nHost: " + options.target()
                        + "\r\nUser-Agent: handover-chaos\r\n" + connection + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** A request and the reply to it; no request where the server speaks first. */
    record Exchange(@Nullable ByteBuffer request, Reply reply) {}

    /** @param turn how many were asked on this connection before */
    Exchange exchange(Attempt attempt, int turn) {
        return switch (mode) {
            case HTTP, KEEPALIVE -> new Exchange(ByteBuffer.wrap(httpRequest), new HttpReply());
            case BANNER -> new Exchange(null, new BannerReply());
            case LINE, LONG -> {
                byte[] line = ("chaos " + attempt.number() + " " + turn + "\n").getBytes(StandardCharsets.US_ASCII);
                yield new Exchange(ByteBuffer.wrap(line), new LineReply(line));
            }
        };
    }
}
