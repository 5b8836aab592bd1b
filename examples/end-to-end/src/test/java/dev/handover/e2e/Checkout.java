package dev.handover.e2e;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the things under test are in this checkout. */
final class Checkout {
    private static final Path ROOT = root();

    private Checkout() {}

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isRegularFile(folder.resolve("supervisor/bin/supervisord"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException(
                        "not in a checkout: no supervisor/bin/supervisord above the working folder");
            }
        }
        return folder;
    }

    static Path supervisord() {
        return ROOT.resolve("supervisor/bin/supervisord");
    }

    static Path supervisorctl() {
        return ROOT.resolve("supervisor/bin/supervisorctl");
    }

    static Path example(String path) {
        return ROOT.resolve("examples").resolve(path);
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
