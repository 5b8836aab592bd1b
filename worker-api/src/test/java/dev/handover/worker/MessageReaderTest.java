package dev.handover.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageReaderTest {
    private final MessageReader reader = new MessageReader();

    @Test
    void messagesComeOutWholeHoweverTheirBytesCome() throws Exception {
        byte[] bytes = "HELLO=1\nSTATUS=grüße=x\nSTATUS=\n".getBytes(UTF_8);
        List<Message> byByte = new ArrayList<>();
        for (byte b : bytes) {
            byByte.addAll(reader.read(ByteBuffer.wrap(new byte[] {b})));
        }
        assertThat(byByte)
                .containsExactly(new Message("HELLO", "1"), new Message("STATUS", "grüße=x"), new Message("STATUS", ""))
                .isEqualTo(new MessageReader().read(ByteBuffer.wrap(bytes)));
    }

    @Test
    void theLongestLineIs4096BytesWithItsNewline() throws Exception {
        String longest = "STATUS=" + "x".repeat(4096 - 8);
        assertThat(reader.read(ByteBuffer.wrap((longest + "\n").getBytes(UTF_8))))
                .hasSize(1);
        assertThatThrownBy(() -> reader.read(ByteBuffer.wrap((longest + "x").getBytes(UTF_8))))
                .isInstanceOf(MessageReader.Unreadable.class)
                .hasMessageContaining("4096 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "READY", "=1", "ready=1", "A KEY=1", "KEY_OF_MORE_THAN_THIRTY_TWO_BYTES=1"})
    void aLineOfAnotherFormIsUnreadable(String line) {
        assertThatThrownBy(() -> reader.read(ByteBuffer.wrap((line + "\n").getBytes(UTF_8))))
                .isInstanceOf(MessageReader.Unreadable.class);
    }

    @Test
    void bytesThatAreNotUtf8AreUnreadable() {
        assertThatThrownBy(() -> reader.read(ByteBuffer.wrap(new byte[] {'A', '=', (byte) 0xc3, '\n'})))
                .isInstanceOf(MessageReader.Unreadable.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void freeTextIsMadeToFitALine() throws Exception {
        Message message = Message.ofText("STATUS", "two\nlines " + "😀".repeat(2000));
        assertThat(message.encode()).hasSizeBetween(4093, 4096);
        assertThat(message.value()).startsWith("two lines 😀").endsWith("😀");
        assertThat(reader.read(ByteBuffer.wrap(message.encode()))).containsExactly(message);
    }
}
