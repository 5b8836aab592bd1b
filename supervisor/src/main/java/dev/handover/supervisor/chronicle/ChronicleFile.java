package dev.handover.supervisor.chronicle;

import dev.handover.supervisor.linux.AppendedFile;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The chronicle on the disk: a line an entry, in two files of at most {@link #LARGEST} bytes. When one is full, it takes the
 * place of the one before. What was written survives the supervisor's death, not the machine's: nothing is forced to the disk.
 */
public final class ChronicleFile implements AutoCloseable {
    static final long LARGEST = 1 << 20;

    /** S_IWGRP and S_IWOTH of stat(2). */
    private static final int FIRST_BUFFER = 4096;
    private static final int OTHERS_WRITE = 022;

    private final Path path;
    private final Path before;
    private final Consumer<String> warnings;
    private @Nullable AppendedFile open;
    /** As large as the largest line yet: what is allocated so is given back by the collector alone. */
    private ByteBuffer buffer = ByteBuffer.allocateDirect(FIRST_BUFFER);
    private boolean torn;
    private long unwritten;

    /** @param warnings takes a line for the log */
    public ChronicleFile(Path path, Consumer<String> warnings) {
        this.path = path;
        this.before = path.resolveSibling(path.getFileName() + ".1");
        this.warnings = warnings;
    }

    /** Where the supervisor that has its state there has it. */
    public static Path beside(Path state) {
        String name = Objects.requireNonNull(state.getFileName(), "a file's path names it")
                .toString();
        return state.resolveSibling(name.replaceFirst("\\.state$", "") + ".events");
    }

    /** From the oldest on; what can't be read is left out. */
    List<Entry> read() {
        List<Entry> entries = new ArrayList<>();
        for (Path file : List.of(before, path)) {
            try {
                requireOwn(file);
                // Whatever bytes it has: a line that is torn may end within a character.
                new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                        .lines()
                        .map(Entry::parse)
                        .flatMap(Optional::stream)
                        .filter(entry -> entries.isEmpty()
                                || entry.number()
                                        > entries.get(entries.size() - 1).number())
                        .forEach(entries::add);
            } catch (NoSuchFileException none) {
                // Nothing has happened yet, or not so much.
            } catch (IOException unreadable) {
                warnings.accept("what happened before is not known: " + Why.of(unreadable));
            }
        }
        return entries;
    }

    /** It is shown to operators as what has happened: in a folder like /tmp, somebody else may have put one there. */
    private static void requireOwn(Path file) throws IOException {
        int mode = (int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        int owner = (int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(file + " is no file");
        } else if (owner != Processes.ownUid()) {
            throw new IOException(
                    file + " belongs to uid " + owner + ", and this supervisor is uid " + Processes.ownUid());
        } else if ((mode & OTHERS_WRITE) != 0) {
            throw new IOException("others than its owner may write to " + file);
        }
    }

    /** Where it can't be written, that is warned of once, and tried again with the next one. */
    void append(String line) {
        try {
            write(line);
            if (unwritten > 0) {
                warnings.accept(
                        "what happens is written to " + path + " again; " + unwritten + " events are missing there");
                unwritten = 0;
            }
        } catch (IOException refused) {
            if (unwritten == 0) {
                warnings.accept("what happens can't be written to " + path + ": " + Why.of(refused)
                        + "; services go on, and the next supervisor will not know of it");
            }
            unwritten++;
            close();
        }
    }

    private void write(String line) throws IOException {
        AppendedFile file = opened();
        byte[] bytes = ((torn ? "\n" : "") + line + "\n").getBytes(StandardCharsets.UTF_8);
        if (file.size() > 0 && file.size() + bytes.length > LARGEST) {
            close();
            Files.move(path, before, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            file = opened();
        }
        torn = true; // until all of it is written
        if (buffer.capacity() < bytes.length) {
            buffer = ByteBuffer.allocateDirect(bytes.length);
        }
        file.write(buffer.clear().put(bytes).flip());
        torn = false;
    }

    private AppendedFile opened() throws IOException {
        AppendedFile file = open;
        if (file == null || !file.isStillNamed()) { // somebody may have cleaned up
            close();
            Files.createDirectories(Objects.requireNonNull(path.toAbsolutePath().getParent()));
            file = AppendedFile.openPrivate(path);
            open = file;
            requireOwn(path);
            torn = endsTorn();
        }
        return file;
    }

    /** Whether its last line has no end: its writer was killed, or the disk was full. */
    private boolean endsTorn() throws IOException {
        try (SeekableByteChannel file = Files.newByteChannel(path)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            return file.size() > 0 && file.position(file.size() - 1).read(last) == 1 && last.get(0) != '\n';
        }
    }

    @Override
    public void close() {
        AppendedFile file = open;
        open = null;
        if (file != null) {
            file.close();
        }
    }
}
