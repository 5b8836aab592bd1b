package dev.handover.e2e.server;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** The JDK's HTTP server as it comes: it listens on {@code [::]} for clients of both families, and never sets SO_REUSEPORT. */
public final class JdkServer {
    private static final int BACKLOG = 512;

    private JdkServer() {}

    public static void main(String[] args) throws IOException {
        byte[] body = ("Hello from " + ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8);
        HttpServer server = HttpServer.create(new InetSocketAddress(Integer.parseInt(args[0])), BACKLOG);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }
}
