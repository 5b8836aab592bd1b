package dev.handover.harness;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The checkout that this program was built in, and what is started of it. */
public final class Checkout {
    private static final String SUPERVISORD = "supervisor/bin/supervisord";

    private Checkout() {}

    /** @throws IllegalStateException if the supervisor has not been built */
    public static Path supervisord() {
        supervisorJar();
        return file(SUPERVISORD);
    }

    public static Path supervisorctl() {
        return file("supervisor/bin/supervisorctl");
    }

    /** @throws IllegalStateException if it has not been built */
    public static Path supervisorJar() {
        return built("supervisor/target/handover-supervisor.jar");
    }

    /**
     * A file of an example.
     *
     * @param path in the folder of the examples
     */
    public static Path example(String path) {
        return file("examples/" + path);
    }

    /**
     * An example that Maven builds.
     *
     * @throws IllegalStateException if it has not been built
     */
    public static Path exampleJar(String name) {
        return built("examples/" + name + "/target/" + name + ".jar");
    }

    /** The JDK's program that runs this one. */
    public static String java() {
        return ofJdk("java");
    }

    /** A program of the JDK that runs this one. */
    public static String ofJdk(String program) {
        return Path.of(System.getProperty("java.home"), "bin", program).toString();
    }

    /** A file of the checkout, by its path from the top. */
    public static Path file(String path) {
        return root().resolve(path);
    }

    private static Path built(String path) {
        Path file = file(path);
        if (!Files.exists(file)) {
            throw new IllegalStateException(file + " is missing; 'mvn package' makes it");
        }
        return file;
    }

    private static Path root() {
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
            throw new IllegalStateException(self + " is in no checkout: no " + SUPERVISORD + " above it");
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
