package dev.handover.bench;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The checkout that this program was built in, and what is measured of it. */
final class Checkout {
    private static final String SUPERVISORD = "supervisor/bin/supervisord";

    private Checkout() {}

    static Path supervisord() throws IOException {
        built("supervisor/target/handover-supervisor.jar");
        return root().resolve(SUPERVISORD);
    }

    static Path httpWorker() throws IOException {
        return built("examples/http-worker/target/http-worker.jar");
    }

    /** Knows nothing of us, starts in no time, and dies at once when it is told to stop. */
    static Path hello() throws IOException {
        return root().resolve("examples/python/hello.py");
    }

    static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    static Path jcmd() {
        return Path.of(System.getProperty("java.home"), "bin", "jcmd");
    }

    private static Path built(String path) throws IOException {
        Path file = root().resolve(path);
        if (!Files.exists(file)) {
            throw new IOException(file + " is missing; 'mvn package' makes it");
        }
        return file;
    }

    private static Path root() throws IOException {
        try {
            Path self = Path.of(Checkout.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            for (@Nullable Path folder = self; folder != null; folder = folder.getParent()) {
                if (Files.isRegularFile(folder.resolve(SUPERVISORD))) {
                    return folder;
                }
            }
            throw new IOException(self + " is in no checkout: no " + SUPERVISORD + " above it");
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }
}
