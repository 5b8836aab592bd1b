package dev.handover.chaos.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpReplyTest {
    /** Bytes taken until the reply was whole, or -1 if it never was. */
    private static int take(HttpReply reply, String text, int step) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        for (int at = 0; at < bytes.length; at += step) {
            ByteBuffer part = ByteBuffer.wrap(bytes, at, Math.min(step, bytes.length - at));
            if (reply.take(part)) {
                // A wrapped part's position counts from the start of the whole.
                return part.position();
            }
        }
        return -1;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 4096})
    void chunksEndTheReplyHoweverTheyAreCut(int step) {
        String text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Worker: web/g3/w1/9\r\n\r\n"
                + "5\r\nhello\r\n1a;x=y\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nTrailer: 1\r\n\r\n";
        HttpReply reply = new HttpReply();
        assertThat(take(reply, text + "HTTP/1.1", step)).isEqualTo(text.length());
        assertThat(reply.worker()).isEqualTo("web/g3/w1/9");
        assertThat(reply.keepsAlive()).isTrue();
        assertThat(reply.isWrong()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4096})
    void lengthsEndTheReplyHoweverItIsCut(int step) {
        String text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n"
                + "Connection: close\r\n\r\ngone";
        HttpReply reply = new HttpReply();
        assertThat(take(reply, text, step)).isEqualTo(text.length());
        assertThat(reply.isWrong()).isTrue();
        assertThat(reply.keepsAlive()).isFalse();
    }

    @Test
    void noContentHasNoBody() {
        assertThat(take(new HttpReply(), "HTTP/1.1 204 No Content\r\n\r\n", 4096))
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-x\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            })
    void whatIsNoHttpIsNeverWhole(String text) {
        HttpReply reply = new HttpReply();
        assertThat(take(reply, text, 4096)).isEqualTo(-1);
        assertThat(reply.isWholeAtEnd()).isFalse();
        assertThat(reply.isStarted()).isTrue();
    }

    @Test
    void replyOfHttp10IsWholeAtTheEndOfTheStreamOnly() {
        HttpReply reply = new HttpReply();
        assertThat(take(reply, "HTTP/1.0 200 OK\r\n\r\nhi", 4096)).isEqualTo(-1);
        assertThat(reply.isWholeAtEnd()).isTrue();
        assertThat(reply.keepsAlive()).isFalse();
    }
}
