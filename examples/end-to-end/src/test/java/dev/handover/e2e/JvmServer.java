package dev.handover.e2e;

import dev.handover.e2e.server.JdkServer;
import dev.handover.e2e.server.JettyServer;
import dev.handover.e2e.server.NettyServer;
import dev.handover.e2e.server.UndertowServer;
import dev.handover.e2e.server.VertxServer;
import dev.handover.harness.Checkout;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Servers that never set SO_REUSEPORT, and whose own signal ends connections that are kept alive with requests on them. */
enum JvmServer {
    JDK(JdkServer.class),
    UNDERTOW(UndertowServer.class),
    VERTX(VertxServer.class),
    NETTY(NettyServer.class),
    JETTY(JettyServer.class),
    HELIDON(port -> java("-jar", jar("helidon"), String.valueOf(port))),
    MICRONAUT(port -> java("-Dmicronaut.server.port=" + port, "-jar", jar("micronaut"))),
    JWEBSERVER(Jwebserver::command);

    private static final List<String> SMALL_JVM = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final IntFunction<List<String>> command;

    JvmServer(Class<?> main) {
        this(port -> java("-cp", System.getProperty("java.class.path"), main.getName(), String.valueOf(port)));
    }

    /** @param command what starts it at a port */
    JvmServer(IntFunction<List<String>> command) {
        this.command = command;
    }

    private static List<String> java(String... words) {
        return Stream.of(Stream.of(Checkout.java()), SMALL_JVM.stream(), Stream.of(words))
                .flatMap(some -> some)
                .toList();
    }

    private static String jar(String example) {
        return Checkout.exampleJar(example).toString();
    }

    /** Whether this machine has it. */
    boolean isHere() {
        return this != JWEBSERVER || Jwebserver.program().isPresent();
    }

    /** Short connections a second that wait in its queue, not before it, on a machine that stands still for seconds. */
    double rate() {
        return this == JWEBSERVER ? 10 : 200; // its queue has 50 places, and there is no option for it
    }

    /** What its service is called. */
    String serviceName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its section of a configuration, where the supervisor sets the option. */
    String service(int port) {
        return service(port, "intercept");
    }

    /** @param reuseport who sets the option */
    String service(int port, String reuseport) {
        return """
                [services.%s]
                command = [%s]
                listen = ["tcp://[::]:%d?dual-stack"]
                reuseport = "%s"
                ready = "listening"
                drain = "idle"
                """.formatted(
                serviceName(),
                command.apply(port).stream().map(word -> '"' + word + '"').collect(Collectors.joining(", ")),
                port,
                reuseport);
    }
}
