package dev.handover.e2e;

import dev.handover.e2e.server.JdkServer;
import dev.handover.e2e.server.JettyServer;
import dev.handover.e2e.server.NettyServer;
import dev.handover.e2e.server.UndertowServer;
import dev.handover.e2e.server.VertxServer;
import dev.handover.harness.Checkout;
import java.util.Locale;

/** Servers that never set SO_REUSEPORT, and whose own signal ends connections that are kept alive with requests on them. */
enum JvmServer {
    JDK(JdkServer.class),
    UNDERTOW(UndertowServer.class),
    VERTX(VertxServer.class),
    NETTY(NettyServer.class),
    JETTY(JettyServer.class);

    private final Class<?> main;

    JvmServer(Class<?> main) {
        this.main = main;
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
                command = ["%s", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", "%s", "%s", "%d"]
                listen = ["tcp://[::]:%d?dual-stack"]
                reuseport = "%s"
                ready = "listening"
                drain = "idle"
                """.formatted(
                        serviceName(),
                        Checkout.java(),
                        System.getProperty("java.class.path"),
                        main.getName(),
                        port,
                        port,
                        reuseport);
    }
}
