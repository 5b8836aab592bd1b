package dev.handover.supervisor.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What is closed waits for its last lines, but no longer than the end of a supervisor may take. */
class LogTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private String written() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theJournalGetsPrioritiesAndNoTime() {
        try (Log log = new Log(Level.INFO, true, out, Optional.empty())) {
            log.error("gone");
            log.info("two\nlines");
        }
        await().untilAsserted(() -> assertThat(written()).isEqualTo("<3>gone\n<6>two\\nlines\n"));
    }

    @Test
    void whatAWorkerSaysCanNeitherEndALineNorSteerATerminal() {
        try (Log log = new Log(Level.INFO, true, out, Optional.empty())) {
            log.info("GET /\0<0>all is lost\r\u001b[2J\tdone");
        }
        await().untilAsserted(() ->
                assertThat(written()).isEqualTo("<6>GET /\\u0000<0>all is lost\\u000d\\u001b[2J\tdone\n"));
    }

    /** CSI in one character, DEL, a turn of the text, a line's end of Unicode's, and an order to a terminal outside the BMP. */
    @Test
    void norByWhatIsNoControlCharacterOfAscii() {
        try (Log log = new Log(Level.INFO, true, out, Optional.empty())) {
            log.info("a\u009b2J\u007f\u202eb\u2028c\ud83d\ude80" + Character.toString(0xe0001));
        }
        await().untilAsserted(() ->
                assertThat(written()).isEqualTo("<6>a\\u009b2J\\u007f\\u202eb\\u2028c\ud83d\ude80\\udb40\\udc01\n"));
    }

    @Test
    void aFullDiskCostsTheLinesThatFoundNoRoomAndNoMore() throws Exception {
        CountDownLatch refused = new CountDownLatch(1);
        OutputStream full = new OutputStream() {
            @Override
            public void write(int one) {
                throw new AssertionError("lines are written whole");
            }

            @Override
            public void write(byte[] bytes) throws IOException {
                if (refused.getCount() > 0) {
                    refused.countDown();
                    throw new IOException("No space left on device");
                }
                out.writeBytes(bytes);
            }
        };
        try (Log log = new Log(Level.INFO, true, full, Optional.empty())) {
            log.info("lost");
            refused.await();
            log.info("kept");
        }
        await().untilAsserted(() -> assertThat(written()).startsWith("<6>kept\n<4>1 log lines were dropped"));
    }

    @Test
    void peopleGetTheTimeAndTheLevel() {
        try (Log log = new Log(Level.INFO, false, out, Optional.empty())) {
            log.warn("careful");
        }
        await().untilAsserted(() -> assertThat(written()).matches("\\d{4}-\\d{2}-\\d{2}T\\S+ WARN careful\n"));
    }

    @Test
    void whatMattersLessThanTheLevelIsLeftOut() {
        try (Log log = new Log(Level.WARN, true, out, Optional.empty())) {
            log.info("chatter");
            log.warn("careful");
        }
        await().untilAsserted(() -> assertThat(written()).isEqualTo("<4>careful\n"));
    }

    @Test
    void aReaderThatStandsStillStopsNobodyAndWhatItMissedIsCounted() {
        CountDownLatch reads = new CountDownLatch(1);
        OutputStream stuck = new OutputStream() {
            @Override
            public void write(int one) {
                throw new AssertionError("lines are written whole");
            }

            @Override
            public void write(byte[] bytes) {
                try {
                    reads.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                out.writeBytes(bytes);
            }
        };
        try (Log log = new Log(Level.INFO, true, stuck, Optional.empty())) {
            for (int line = 0; line < 20_000; line++) {
                log.info("line");
            }
            reads.countDown();
        }
        await().untilAsserted(() -> assertThat(written()).contains("log lines were dropped: nobody read them"));
    }
}
