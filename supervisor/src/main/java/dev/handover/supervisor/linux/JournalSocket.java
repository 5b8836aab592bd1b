package dev.handover.supervisor.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where systemd's journal takes entries with fields, a datagram each (its native protocol). */
public final class JournalSocket implements AutoCloseable {
    private static final Path WELL_KNOWN = Path.of("/run/systemd/journal/socket");
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private final DatagramPeer peer;

    private JournalSocket(DatagramPeer peer) {
        this.peer = peer;
    }

    /**
     * Whether what this process writes to standard error is the journal's (systemd.exec(5)): the variable outlives a
     * redirection, so the descriptor is looked at.
     *
     * @param environment of this process
     */
    public static boolean hasStandardError(Map<String, String> environment) {
        String stream = environment.get("JOURNAL_STREAM");
        try {
            return stream != null
                    && stream.equals(Files.getAttribute(STANDARD_ERROR, "unix:dev") + ":"
                            + Files.getAttribute(STANDARD_ERROR, "unix:ino"));
        } catch (IOException closed) {
            return false;
        }
    }

    /** Empty where no journal takes entries. */
    public static Optional<JournalSocket> open() {
        return open(WELL_KNOWN);
    }

    static Optional<JournalSocket> open(Path path) {
        try {
            return Optional.of(new JournalSocket(DatagramPeer.connect(UnixAddress.of(path), path.toString())));
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    /**
     * Sends an entry; waits where the journal has too many that it has not read.
     *
     * @throws IOException if the journal is gone, or the entry is too long for a datagram
     */
    public void send(byte[] entry) throws IOException {
        peer.send(entry);
    }

    @Override
    public void close() {
        peer.close();
    }
}
