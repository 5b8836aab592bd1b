package dev.handover.supervisor.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.protocol.WorkerMessage.BadMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerMessageTest {
    private static MessageReader reader(byte[] bytes) {
        return new MessageReader(new ByteArrayInputStream(bytes));
    }

    private static MessageReader reader(String text) {
        return reader(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everyExampleInTheProtocolsDocumentIsOneMessage() throws IOException, BadMessage {
        Matcher lines = Pattern.compile("(?m)^[<>] ((?:[0-9a-f]{2} )+) +(\\S.*)$")
                .matcher(Files.readString(Path.of("../docs/protocol.md")));
        int found = 0;
        while (lines.find()) {
            byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(lines.group(1).strip());
            assertThat(reader(bytes).next()).get().hasToString(lines.group(2));
            found++;
        }
        assertThat(found).isEqualTo(10);
    }

    @Test
    void aLineThatNeverEndedIsNoMessage() throws IOException, BadMessage {
        MessageReader messages = reader("READY=1\nSTATUS=half");
        assertThat(messages.next()).map(WorkerMessage::toString).contains("READY=1");
        assertThat(messages.next()).isEmpty();
    }

    @Test
    void aLineOfTheGreatestLengthIsReadAndALongerOneRefused() throws IOException, BadMessage {
        String longest = "S=" + "x".repeat(WorkerMessage.LONGEST - 3);
        assertThat(reader(longest + "\n").next()).get().hasToString(longest);
        assertThatThrownBy(() -> reader(longest + "x\n").next())
                .isInstanceOf(BadMessage.class)
                .hasMessage("a line is at most 4096 bytes");
    }

    @Test
    void whatIsNotUtf8IsRefused() {
        assertThatThrownBy(
                        () -> reader(new byte[] {'S', '=', (byte) 0xff, '\n'}).next())
                .isInstanceOf(BadMessage.class)
                .hasMessage("a line is UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "READY", "=1", "ready=1", "A B=1"})
    void whatIsNotKeyAndValueIsRefused(String line) {
        assertThatThrownBy(() -> WorkerMessage.parse(line)).isInstanceOf(BadMessage.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "many", "2147483648", "99999999999999999999"})
    void aCountIsANumberFromZero(String value) {
        assertThatThrownBy(() -> WorkerMessage.parse("CONNECTIONS=" + value).count())
                .isInstanceOf(BadMessage.class)
                .hasMessage("CONNECTIONS: expected a number, 0 to 2147483647");
    }
}
