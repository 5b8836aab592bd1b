package dev.handover.supervisor.upgrade;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Takes away a folder and what is in it; of a link, the link alone. */
final class Removal extends SimpleFileVisitor<Path> {
    private Removal() {}

    /** Where there is none, does nothing. */
    static void of(Path folder) throws IOException {
        Files.walkFileTree(folder, new Removal());
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
