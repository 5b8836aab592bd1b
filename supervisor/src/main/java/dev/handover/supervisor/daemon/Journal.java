package dev.handover.supervisor.daemon;

import dev.handover.supervisor.linux.JournalSocket;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** systemd's journal, as long as it takes entries; for one thread. */
final class Journal {
    private final Supplier<Optional<JournalSocket>> opening;
    private @Nullable JournalSocket socket;

    Journal(Supplier<Optional<JournalSocket>> opening) {
        this.opening = opening;
    }

    /** Whether it has taken it. Where not, the line goes the way that any program's lines do. */
    boolean takes(LogLine line) {
        byte[] entry = line.entry();
        boolean open = socket != null;
        boolean taken = sent(entry);
        return taken || (open && sent(entry)); // the journal's own restart ends a connection
    }

    private boolean sent(byte[] entry) {
        JournalSocket connected = socket == null ? opening.get().orElse(null) : socket;
        socket = connected;
        if (connected == null) {
            return false;
        }
        try {
            connected.send(entry);
            return true;
        } catch (IOException refused) {
            connected.close();
            socket = null;
            return false;
        }
    }
}
