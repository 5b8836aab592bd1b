package dev.handover.supervisor.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** struct sockaddr_un. */
final class UnixAddress {
    /** It has room for 108 bytes, the last a NUL. */
    private static final int LONGEST_PATH_BYTES = 107;

    static final int FAMILY_BYTES = 2;

    private UnixAddress() {}

    /** @throws IOException if the path is too long */
    static byte[] of(Path path) throws IOException {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length > LONGEST_PATH_BYTES) {
            throw new IOException(path + ": a Unix socket's path has at most " + LONGEST_PATH_BYTES
                    + " bytes, and this one has " + name.length);
        }
        return begun(name.length + 1).put(name).array();
    }

    /** An abstract one, without a file: as long as its name. */
    static byte[] ofName(String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        return begun(1 + text.length).put((byte) 0).put(text).array();
    }

    private static ByteBuffer begun(int room) {
        return ByteBuffer.allocate(FAMILY_BYTES + room)
                .order(ByteOrder.nativeOrder())
                .putShort((short) Abi.AF_UNIX);
    }
}
