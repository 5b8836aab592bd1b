package dev.handover.supervisor.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The archive of classes that the launcher looks for, where archive-classes has made any: a JVM says nothing of one that it leaves. */
final class ClassArchive {
    private static final String LOOKED_FOR = "handover.archive";
    private static final Path MAPPED = Path.of("/proc/self/maps");

    private ClassArchive() {}

    /** What is the matter with it, in a line for the log; empty where it is used, or there is to be none. */
    static Optional<String> complaint() {
        return complaint(Optional.ofNullable(System.getProperty(LOOKED_FOR)), MAPPED);
    }

    static Optional<String> complaint(Optional<String> archive, Path mapped) {
        return archive.filter(path -> !isIn(mapped, Path.of(path)))
                .map(path -> "the archive of classes " + path
                        + (Files.exists(Path.of(path)) ? " does not fit this java, or this jar" : " is not there")
                        + ": this start took longer than it might; archive-classes makes one");
    }

    private static boolean isIn(Path maps, Path archive) {
        try (Stream<String> lines = Files.lines(maps, StandardCharsets.ISO_8859_1)) {
            String name = "/" + archive.toRealPath().getFileName();
            return lines.anyMatch(line -> line.endsWith(name));
        } catch (IOException untold) {
            return false;
        }
    }
}
