package dev.handover.supervisor.daemon;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** All that the daemon has opened; closed in the opposite order, each whatever befalls the others. */
final class Owned implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T opened) {
        open.push(opened);
        return opened;
    }

    /**
     * Closes nothing: the end of the process does, as where it is killed. So those who go on find all as after a crash, which
     * is what they and the next supervisor are made for.
     */
    void leave() {
        open.clear();
    }

    @Override
    public void close() throws IOException {
        @Nullable IOException first = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception failed) {
                if (first == null) {
                    first = new IOException("could not be closed: " + failed.getMessage(), failed);
                } else {
                    first.addSuppressed(failed);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
