package dev.handover.supervisor.daemon;

import dev.handover.supervisor.config.ConfigurationFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the configuration file says now, for those who ask often: it is read again only where it is another. */
final class FileLook {
    private final Path file;
    private final Map<String, String> environment;
    private @Nullable Seen last;

    private record Seen(@Nullable Object key, FileTime modified, long size, ConfigurationFile.Result result) {
        boolean isOf(BasicFileAttributes now) {
            return Objects.equals(key, now.fileKey()) && modified.equals(now.lastModifiedTime()) && size == now.size();
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
                before = new Seen(now.fileKey(), now.lastModifiedTime(), now.size(), read());
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
