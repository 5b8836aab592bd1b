package dev.handover.example.quic;

import io.netty.handler.codec.quic.QuicConnectionIdGenerator;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Map;

/**
 * Connection ids that bear the supervisor's tag, so that the kernel leads their packets to this worker as long as it lives,
 * whoever serves by then.
 */
final class TaggedIds implements QuicConnectionIdGenerator {
    private final byte[] tag;
    private final int offset;
    private final QuicConnectionIdGenerator untagged = QuicConnectionIdGenerator.signGenerator();
    private final QuicConnectionIdGenerator random = QuicConnectionIdGenerator.randomGenerator();

    private TaggedIds(byte[] tag, int offset) {
        this.tag = tag;
        this.offset = offset;
    }

    /**
     * As the supervisor says it.
     *
     * @param environment this process's
     * @return such that without a supervisor, or where it says nothing of tags, ids bear none
     */
    static TaggedIds of(Map<String, String> environment) {
        return new TaggedIds(
                HexFormat.of().parseHex(environment.getOrDefault("HANDOVER_QUIC_TAG", "")),
                Integer.parseInt(environment.getOrDefault("HANDOVER_QUIC_TAG_OFFSET", "0")));
    }

    @Override
    public ByteBuffer newId(int length) {
        return tagged(random.newId(length));
    }

    /** The same for the same input: a client that sends its first packet again is known by it. */
    @Override
    public ByteBuffer newId(ByteBuffer input, int length) {
        return tagged(untagged.newId(input, length));
    }

    private ByteBuffer tagged(ByteBuffer id) {
        byte[] bytes = new byte[id.remaining()];
        id.get(bytes);
        System.arraycopy(tag, 0, bytes, offset, tag.length);
        return ByteBuffer.wrap(bytes);
    }

    @Override
    public int maxConnectionIdLength() {
        return untagged.maxConnectionIdLength();
    }

    @Override
    public boolean isIdempotent() {
        return true;
    }
}
