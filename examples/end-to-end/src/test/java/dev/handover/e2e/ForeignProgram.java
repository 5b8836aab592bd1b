package dev.handover.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.chaos.load.Mode;
import dev.handover.harness.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The examples that none of us wrote, each as its folder under examples/ has it. */
enum ForeignProgram {
    NGINX_HTTP("nginx", 8081, Mode.HTTP, Chaos.SOAK ? 2000 : 1000),
    NGINX_STREAM("nginx", 8082, Mode.BANNER, Chaos.SOAK ? 2000 : 1000),
    HAPROXY("haproxy", 8083, Mode.HTTP, Chaos.SOAK ? 2000 : 1000),
    /** Forks, and takes one connection at a time: a rate that Python can bear. */
    GUNICORN("gunicorn", 8084, Mode.HTTP, 300);

    private static final Path NGINX_STREAM_MODULE = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");

    private final String program;
    private final int port;
    private final Mode mode;
    private final double rate;

    ForeignProgram(String program, int port, Mode mode, double rate) {
        this.program = program;
        this.port = port;
        this.mode = mode;
        this.rate = rate;
    }

    /** The port that its configuration names. */
    int port() {
        return port;
    }

    Mode mode() {
        return mode;
    }

    /** Connections a second that it serves without haste. */
    double rate() {
        return rate;
    }

    /**
     * Copies its example, and lets it listen elsewhere.
     *
     * @param into an empty folder
     * @param address of the host, in place of 127.0.0.1; its ports stay
     * @return the copy's section of a configuration
     */
    String service(Path into, String address) throws IOException {
        Chaos.needs(program);
        assumeTrue(
                !program.equals("nginx") || Files.exists(NGINX_STREAM_MODULE), "needs nginx's " + NGINX_STREAM_MODULE);
        Path example = Checkout.example(program);
        try (Stream<Path> files = Files.walk(example)) {
            for (Path file : files.toList()) {
                Path copy = into.resolve(example.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.writeString(copy, Files.readString(file).replace("127.0.0.1", address));
                }
            }
        }
        return Files.readString(into.resolve("handover.toml"))
                .replace("directory = \".\"", "directory = \"" + into + "\"");
    }
}
