package dev.handover.supervisor.daemon;

import dev.handover.supervisor.config.ConfigurationFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the configuration file says now, for those who ask often: it is read again only where it is another. */
final class FileLook {
    /** A file that was written just before it was read may be written again with the same time. */
    private static final Duration SETTLED_AFTER = Duration.ofSeconds(1);

    private final Path file;
    private final Map<String, String> environment;
    private @Nullable Seen last;

    private record Seen(
            @Nullable Object key, FileTime modified, long size, Instant readAt, ConfigurationFile.Result result) {
        boolean isOf(BasicFileAttributes now) {
            return modified.toInstant().isBefore(readAt.minus(SETTLED_AFTER))
                    && Objects.equals(key, now.fileKey())
                    && modified.equals(now.lastModifiedTime())
                    && size == now.size();
        }
    }

    FileLook(Path file, Map<String, String> environment) {
        this.file = file;
        this.environment = environment;
    }

    synchronized ConfigurationFile.Result look() {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            Seen before = last;
            if (before == null || !before.isOf(now)) {
                before = new Seen(now.fileKey(), now.lastModifiedTime(), now.size(), Instant.now(), read());
                last = before;
            }
            return before.result();
        } catch (IOException gone) {
            return read(); // which says what is wrong with it
        }
    }

    private ConfigurationFile.Result read() {
        return ConfigurationFile.read(file, environment);
    }
}
