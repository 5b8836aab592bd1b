package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SockDiagCodecTest {
    private static final int SEQUENCE = 7;
    private static final short NOOP = 1;
    private static final short DONE = 3;
    private static final short MULTIPART = 0x2;
    private static final short INTERRUPTED = 0x10;

    /** A netlink message without content. */
    private static SockDiagCodec.Progress decode(short type, int flags) throws Exception {
        ByteBuffer message = ByteBuffer.allocate(20).order(ByteOrder.nativeOrder());
        message.putInt(20).putShort(type).putShort((short) (MULTIPART | flags)).putInt(SEQUENCE);
        return SockDiagCodec.decode(message.clear(), SEQUENCE, Transport.TCP, new ArrayList<>());
    }

    /** A netlink message that says it is longer than what there is, or too short for what it is to hold. */
    @ParameterizedTest
    @CsvSource({"2147483647, 20", "-1, 20", "15, 20", "24, 20", "20, 2", "87, 20"})
    void aMessageThatDoesNotHoldWhatItShouldIsRefusedInWords(int length, short type) {
        ByteBuffer message = ByteBuffer.allocate(length == 87 ? 88 : 20).order(ByteOrder.nativeOrder());
        message.putInt(length).putShort(type).putShort(MULTIPART).putInt(SEQUENCE);
        if (type == 2) {
            message.putInt(0, 16);
        }
        assertThatThrownBy(() -> SockDiagCodec.decode(message.clear(), SEQUENCE, Transport.TCP, new ArrayList<>()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("a netlink message of ");
        AtomicInteger rows = new AtomicInteger();
        SockDiagCodec.decodeEnds(message.clear(), (at, end) -> rows.incrementAndGet());
        assertThat(rows).hasValue(0);
    }

    @Test
    void interruptedDumpIsOverAtItsEndAllTheSame() throws Exception {
        assertThat(decode(NOOP, 0)).isEqualTo(new SockDiagCodec.Progress(false, false));
        assertThat(decode(NOOP, INTERRUPTED)).isEqualTo(new SockDiagCodec.Progress(false, true));
        assertThat(decode(DONE, 0)).isEqualTo(new SockDiagCodec.Progress(true, false));
        assertThat(decode(DONE, INTERRUPTED)).isEqualTo(new SockDiagCodec.Progress(true, true));
    }
}
