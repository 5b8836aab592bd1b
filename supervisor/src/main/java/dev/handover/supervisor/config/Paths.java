package dev.handover.supervisor.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Paths of a file, relative to its folder. */
final class Paths {
    private Paths() {}

    /** The path that a value names, absolute. */
    static Optional<Path> read(Node node, Path folder) {
        Optional<String> text = node.string("a path");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (text.get().isEmpty()) {
            node.problem("expected a path, found the empty string");
            return Optional.empty();
        }
        try {
            return Optional.of(withoutDots(folder.resolve(text.get())));
        } catch (InvalidPathException e) {
            node.problem("expected a path, not '" + text.get() + "': " + e.getReason());
            return Optional.empty();
        }
    }

    /** The folder that relative paths of a file start from. */
    static Path folderOf(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return withoutDots(folder == null ? Path.of("/") : folder);
    }

    /**
     * The same absolute path without '.'. A '..' is left to the kernel: taken away here, {@code current/..} would be the
     * wrong folder where {@code current} is a symbolic link, as it often is where a release is switched by one.
     */
    static Path withoutDots(Path absolute) {
        Path path = Path.of("/");
        for (Path name : absolute) {
            path = name.toString().equals(".") ? path : path.resolve(name);
        }
        return path;
    }
}
