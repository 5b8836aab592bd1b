package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.AppendedFile;
import dev.handover.supervisor.terms.LogSpec;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file of whole lines that gives its name to the next one when it is large enough. What could not be written stays in its
 * buffer, and is written by the next call. One thread has it.
 */
final class RotatedFile implements AutoCloseable {
    /** The longest line, its prefix, a part that made it too long, and marks fit. */
    private static final int BUFFER_BYTES = 2 * WorkerLog.LONGEST;
    /** How long after a rotation that failed the next is tried. */
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Path path;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private @Nullable AppendedFile file;
    /** Of the file, with what is in the buffer. */
    private long size;
    /** Whether the last line that was written to the file has no end yet: that is still in the buffer. */
    private boolean broken;

    private @Nullable String notRotated;
    private long rotateAgainAt;

    RotatedFile(Path path) {
        this.path = path;
    }

    /** Opens it, if it isn't open. */
    AppendedFile opened() throws IOException {
        AppendedFile open = file;
        if (open == null) {
            open = AppendedFile.open(path);
            file = open;
            size = open.size() + buffer.position();
        }
        return open;
    }

    /**
     * Adds a line, which may be written only later.
     *
     * @param line with its end
     * @throws IOException if it is not added, since it could not be written yet
     */
    void add(byte[] line, LogSpec spec) throws IOException {
        AppendedFile open = opened();
        if (spec.size().isPresent() && size + line.length > spec.size().getAsLong()) {
            flush();
            makeRoom(open, line.length, spec);
        }
        if (buffer.remaining() < line.length) {
            flush();
        }
        buffer.put(line);
        size += line.length;
    }

    /** Writes what is in the buffer. */
    void flush() throws IOException {
        AppendedFile open = opened();
        buffer.flip();
        try {
            open.write(buffer);
        } finally {
            if (buffer.position() > 0) {
                broken = buffer.get(buffer.position() - 1) != '\n';
            }
            buffer.compact();
        }
    }

    private void makeRoom(AppendedFile open, int length, LogSpec spec) throws IOException {
        size = open.size();
        boolean fits = size == 0 || size + length <= spec.size().orElse(Long.MAX_VALUE); // others truncated it
        if (fits || System.nanoTime() < rotateAgainAt) {
            return;
        }
        if (!open.isStillNamed()) { // others moved it
            close();
            opened();
            return;
        }
        try {
            rotate(spec);
            notRotated = null;
        } catch (IOException refused) {
            notRotated = Why.of(refused);
            rotateAgainAt = System.nanoTime() + AGAIN.toNanos();
            return;
        }
        file = null;
        try (open) {
            opened().takeAfter(open);
        }
    }

    private static void rotate(LogSpec spec) throws IOException {
        for (int number = spec.keep() - 1; number >= 1; number--) {
            if (Files.exists(spec.earlier(number), LinkOption.NOFOLLOW_LINKS)) {
                move(spec.earlier(number), spec.earlier(number + 1));
            }
        }
        move(spec.file(), spec.earlier(1));
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Why it could not give its name to the next one, and has grown beyond its size. */
    Optional<String> notRotated() {
        return Optional.ofNullable(notRotated);
    }

    /**
     * Closes it, so that the next call opens what has its path then. A line whose beginning could be written, and its end could
     * not, is given up.
     *
     * @return how many bytes were given up
     */
    long letGo() {
        long lost = broken ? restOfLine() : 0;
        close();
        return lost;
    }

    private long restOfLine() {
        buffer.flip();
        while (buffer.hasRemaining() && buffer.get() != '\n') {
            // it is skipped
        }
        long length = buffer.position();
        buffer.compact();
        broken = false;
        return length;
    }

    /** Gives up what could not be written; says how many bytes that is. */
    long giveUp() {
        long lost = buffer.position();
        buffer.clear();
        return lost;
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
            file = null;
        }
    }
}
