package dev.handover.e2e;

import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.harness.Checkout;
import java.net.URI;

/** The examples, as services. */
enum Example {
    /** Jetty on the worker library. */
    HTTP_WORKER(Mode.HTTP, true),
    /** Long-lived connections, on the worker library. */
    ECHO_WORKER(Mode.LINE, true),
    /** Speaks the protocol without the library, and adopts what others left behind. */
    PYTHON_WORKER(Mode.BANNER, true),
    /** Knows nothing of us, and dies at once when it is told to stop. */
    HELLO(Mode.BANNER, false);

    private final Mode mode;
    private final boolean drains;

    Example(Mode mode, boolean drains) {
        this.mode = mode;
        this.drains = drains;
    }

    /** How a client speaks to it. */
    Mode mode() {
        return mode;
    }

    /** Whether it finishes what it accepted when it is told to stop. */
    boolean drains() {
        return drains;
    }

    /** Its section of a configuration. */
    String service(String address, int port, int workers) {
        return service(workers, tcp(address, port));
    }

    /**
     * Its section of a configuration.
     *
     * @param listen one address for {@link #HELLO} and {@link #ECHO_WORKER}, which know but one
     */
    String service(int workers, String... listen) {
        String settings = "listen = [\"" + String.join("\", \"", listen) + "\"]\nworkers = " + workers + "\n";
        return switch (this) {
            case HTTP_WORKER -> "[services.web]\n" + jar("http-worker") + settings;
            case ECHO_WORKER -> "[services.echo]\n" + jar("echo-worker") + settings;
            case PYTHON_WORKER ->
                "[services.python]\ncommand = [\"python3\", \"" + Checkout.example("python/worker.py") + "\"]\n"
                        + settings;
            case HELLO -> {
                URI only = URI.create(listen[0]);
                yield "[services.hello]\ncommand = [\"python3\", \"" + Checkout.example("python/hello.py") + "\", \""
                        + only.getHost().replaceAll("[\\[\\]]", "") + "\", \"" + only.getPort()
                        + "\"]\nready = \"listening\"\ndrain = \"idle\"\n" + settings;
            }
        };
    }

    /** A listener as a configuration declares it. */
    static String tcp(String address, int port) {
        return "tcp://" + new Target(address, port);
    }

    private static String jar(String name) {
        return "command = [\"" + Checkout.java() + "\", \"-XX:+UseSerialGC\", \"-XX:TieredStopAtLevel=1\", \"-jar\", \""
                + Checkout.exampleJar(name) + "\"]\n";
    }
}
