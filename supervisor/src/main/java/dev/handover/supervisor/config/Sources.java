package dev.handover.supervisor.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The files that were looked at for a configuration, and how each stood just before. */
public final class Sources {
    /** A file that was written just before it was read may be written again with the same time. */
    private static final Duration SETTLED_AFTER = Duration.ofSeconds(1);

    private final Instant begun = Instant.now();
    private final Map<Path, Optional<Stamp>> before = new LinkedHashMap<>();

    private record Stamp(@Nullable Object key, FileTime modified, long size) {
        static Optional<Stamp> of(Path file) {
            try {
                BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                return Optional.of(new Stamp(now.fileKey(), now.lastModifiedTime(), now.size()));
            } catch (IOException gone) {
                return Optional.empty();
            }
        }
    }

    public Sources() {}

    /** To be called before the file is read. */
    void note(Path file) {
        before.putIfAbsent(file, Stamp.of(file));
    }

    /** Whether each file is, or is missing, as it was, so that to read them again would tell nothing new. */
    public boolean areUnchanged() {
        return before.entrySet().stream()
                .allMatch(source ->
                        source.getValue().filter(this::mayChangeUnseen).isEmpty()
                                && source.getValue().equals(Stamp.of(source.getKey())));
    }

    private boolean mayChangeUnseen(Stamp stamp) {
        return !stamp.modified().toInstant().isBefore(begun.minus(SETTLED_AFTER));
    }
}
