package dev.handover.supervisor.protocol;

import dev.handover.supervisor.terms.WorkerId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The path of a worker's notify socket: the next supervisor finds it again by the worker's name alone. */
final class NotifyPath {
    /** sockaddr_un has room for no more, and the folder's path may take most of it. */
    private static final int LONGEST = 107;
    /** In bytes; what ConfigurationReader leaves room for. */
    private static final int HASH = 6;

    private NotifyPath() {}

    static Path of(Path folder, WorkerId worker) {
        String name = worker.service() + "-g" + worker.generation() + "-w" + worker.index();
        Path readable = folder.resolve(name);
        return readable.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST
                ? readable
                : folder.resolve(hash(name));
    }

    private static String hash(String name) {
        try {
            byte[] all = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(all, 0, HASH);
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException("every Java has SHA-256", never);
        }
    }
}
