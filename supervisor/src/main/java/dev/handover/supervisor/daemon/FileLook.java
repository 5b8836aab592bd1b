package dev.handover.supervisor.daemon;

import dev.handover.supervisor.config.ConfigurationFile;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the configuration file says now, for those who ask often: it is read again only where a file of it is another. */
final class FileLook {
    private final Path file;
    private final Map<String, String> environment;
    private ConfigurationFile.@Nullable Result last;

    FileLook(Path file, Map<String, String> environment) {
        this.file = file;
        this.environment = environment;
    }

    synchronized ConfigurationFile.Result look() {
        ConfigurationFile.Result before = last;
        if (before == null || isUnread(before) || !before.sources().areUnchanged()) {
            before = ConfigurationFile.read(file, environment);
            last = before;
        }
        return before;
    }

    private static boolean isUnread(ConfigurationFile.Result result) {
        return result instanceof ConfigurationFile.Invalid invalid && invalid.unread();
    }
}
