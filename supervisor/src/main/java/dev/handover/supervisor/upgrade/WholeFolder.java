package dev.handover.supervisor.upgrade;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Takes away a folder and what is in it; of a link, the link alone. */
final class WholeFolder extends SimpleFileVisitor<Path> {
    private WholeFolder() {}

    /** Where there is none, does nothing. */
    static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new WholeFolder());
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Files.deleteIfExists(file);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException unreadable) throws IOException {
        Files.deleteIfExists(file);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException unread) throws IOException {
        if (unread != null) {
            throw unread;
        }
        Files.deleteIfExists(folder);
        return FileVisitResult.CONTINUE;
    }
}
