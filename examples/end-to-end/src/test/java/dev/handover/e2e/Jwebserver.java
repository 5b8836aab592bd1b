package dev.handover.e2e;

import dev.handover.harness.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The JDK's program that serves a folder, of JDK 18 and later; the one that runs this may be older. */
final class Jwebserver {
    private Jwebserver() {}

    /** That of this JDK, of the one that JAVA_HOME_25 names, or of one beside this. */
    static Optional<Path> program() {
        Path own = Path.of(System.getProperty("java.home"));
        Stream<Path> named = Optional.ofNullable(System.getenv("JAVA_HOME_25")).map(Path::of).stream();
        return Stream.of(Stream.of(own), named, siblings(own))
                .flatMap(some -> some)
                .map(home -> home.resolve("bin/jwebserver"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Stream<Path> siblings(Path home) {
        try (Stream<Path> beside = Files.list(home.resolveSibling(""))) {
            return beside.sorted().toList().stream();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static List<String> command(int port) {
        return List.of(
                program().orElseThrow().toString(),
                "-J-XX:+UseSerialGC",
                "-J-XX:TieredStopAtLevel=1",
                "--bind-address",
                "::",
                "--port",
                String.valueOf(port),
                "--directory",
                Checkout.example("python").toString(),
                "--output",
                "none");
    }
}
