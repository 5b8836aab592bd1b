package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.Holes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A file that a worker writes its output to, read as it grows. What was read is punched out, so that it takes no room:
 * a pipe would end the worker (SIGPIPE) or stop it (full) once the supervisor is gone.
 */
final class TailedFile implements AutoCloseable {
    private static final int LONGEST_LINE = 8192;
    private static final int KEPT_LINES = 20;
    private static final long PUNCHED_AT_ONCE = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final Consumer<String> lines;
    private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    private final ByteBuffer line = ByteBuffer.allocate(LONGEST_LINE);
    private final ArrayDeque<String> last = new ArrayDeque<>();
    private long punched;

    private TailedFile(Path path, FileChannel channel, Consumer<String> lines) {
        this.path = path;
        this.channel = channel;
        this.lines = lines;
    }

    /** Starts with a new, empty file. */
    static TailedFile create(Path path, Consumer<String> lines) throws IOException {
        Files.deleteIfExists(path);
        return new TailedFile(
                path,
                FileChannel.open(
                        path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                lines);
    }

    /** Goes on at the end of a file that an earlier supervisor created. */
    static TailedFile reopen(Path path, Consumer<String> lines) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        channel.position(channel.size());
        return new TailedFile(path, channel, lines);
    }

    /**
     * Passes on each whole line that has been written since the last call. It ends, however fast more is written meanwhile.
     */
    synchronized void read() throws IOException {
        if (!channel.isOpen()) {
            return;
        }
        long end = channel.size();
        while (channel.position() < end && channel.read(buffer.clear()) > 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                byte next = buffer.get();
                if (next != '\n') {
                    line.put(next);
                }
                if (next == '\n' || !line.hasRemaining()) {
                    endLine();
                }
            }
            if (channel.position() - punched >= PUNCHED_AT_ONCE) {
                Holes.punch(path, punched, channel.position() - punched);
                punched = channel.position();
            }
        }
    }

    private void endLine() {
        String text = StandardCharsets.UTF_8.decode(line.flip()).toString();
        line.clear();
        lines.accept(text);
        if (last.size() == KEPT_LINES) {
            last.removeFirst();
        }
        last.addLast(text);
    }

    /** Reads what is left, a last line without its end included; returns the last lines. */
    synchronized List<String> finish() throws IOException {
        read();
        if (line.position() > 0) {
            endLine();
        }
        return new ArrayList<>(last);
    }

    @Override
    public synchronized void close() throws IOException {
        channel.close();
        Files.deleteIfExists(path);
    }
}
