package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

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

    @Test
    void interruptedDumpIsOverAtItsEndAllTheSame() throws Exception {
        assertThat(decode(NOOP, 0)).isEqualTo(new SockDiagCodec.Progress(false, false));
        assertThat(decode(NOOP, INTERRUPTED)).isEqualTo(new SockDiagCodec.Progress(false, true));
        assertThat(decode(DONE, 0)).isEqualTo(new SockDiagCodec.Progress(true, false));
        assertThat(decode(DONE, INTERRUPTED)).isEqualTo(new SockDiagCodec.Progress(true, true));
    }
}
