package dev.handover.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the example bytes of docs/protocol.md against the code that speaks the protocol. */
class ProtocolDocumentTest {
    private static final Pattern LINE = Pattern.compile("([<>]) ((?:[0-9a-f]{2} )+) +(\\S.*)");

    /** One line of the example. */
    private record Spoken(boolean byWorker, byte[] bytes, String text) {}

    private static List<Spoken> example() throws IOException {
        String document = Files.readString(Path.of("..", "docs", "protocol.md"));
        String block = document.split("## An example")[1].split("```")[1];
        List<Spoken> example = new ArrayList<>();
        for (String line : block.strip().split("\n")) {
            Matcher parts = LINE.matcher(line);
            assertThat(parts.matches()).as("the form of '%s'", line).isTrue();
            byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(parts.group(2).strip());
            example.add(new Spoken(parts.group(1).equals(">"), bytes, parts.group(3)));
        }
        return example;
    }

    @Test
    void theBytesOfEachLineDecodeToItsTextAndBack() throws Exception {
        MessageReader worker = new MessageReader();
        MessageReader supervisor = new MessageReader();
        List<Spoken> example = example();
        assertThat(example).hasSizeGreaterThan(9);
        for (Spoken spoken : example) {
            MessageReader reader = spoken.byWorker() ? supervisor : worker;
            List<Message> messages = reader.read(ByteBuffer.wrap(spoken.bytes()));
            assertThat(messages).as(spoken.text()).hasSize(1);
            assertThat(messages.get(0).key() + "=" + messages.get(0).value()).isEqualTo(spoken.text());
            assertThat(messages.get(0).encode()).isEqualTo(spoken.bytes());
        }
    }

    @Test
    void aConversationSaysWhatTheExampleSays() throws Exception {
        Conversation conversation = new Conversation(Optional.empty(), 0);
        long now = 0;
        List<String> expected = new ArrayList<>();
        List<Message> said = new ArrayList<>(conversation.due(facts(false, 12, false), true, now));
        for (Spoken spoken : example()) {
            if (spoken.text().equals("COLOUR=red")) {
                continue; // No worker of ours says this; the supervisor's answer to it stays.
            }
            if (spoken.byWorker()) {
                expected.add(spoken.text());
                continue;
            }
            Message heard =
                    new MessageReader().read(ByteBuffer.wrap(spoken.bytes())).get(0);
            OptionalLong drain = conversation.hear(heard);
            now += Duration.ofSeconds(1).toNanos();
            said.addAll(conversation.due(facts(true, drain.isPresent() ? 0 : 12, drain.isPresent()), true, now));
            assertThat(drain.isPresent()).isEqualTo(heard.key().equals("DRAIN"));
        }
        assertThat(said)
                .extracting(message -> message.key() + "=" + message.value())
                .isEqualTo(expected);
    }

    private static Facts facts(boolean ready, int connections, boolean drained) {
        return new Facts(ready, null, connections, drained, drained, drained);
    }
}
