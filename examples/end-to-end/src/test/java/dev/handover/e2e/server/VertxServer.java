package dev.handover.e2e.server;

import io.vertx.core.Vertx;

/** Vert.x on its default transport, the JDK's NIO. */
public final class VertxServer {
    private VertxServer() {}

    public static void main(String[] args) {
        String greeting = "Hello from " + ProcessHandle.current().pid() + "\n";
        Vertx.vertx()
                .createHttpServer()
                .requestHandler(request -> request.response().end(greeting))
                .listen(Integer.parseInt(args[0]))
                .await();
    }
}
