package com.example.helidon;

import io.helidon.webserver.Routing;
import io.helidon.webserver.WebServer;

/** Helidon SE as its first page has it. */
public final class GreetingServer {
    private GreetingServer() {}

    public static void main(String[] args) {
        String greeting = "Hello from " + ProcessHandle.current().pid() + "\n";
        WebServer server = WebServer.builder(Routing.builder().get("/", (request, response) -> response.send(greeting)))
                .port(Integer.parseInt(args[0]))
                .build();
        server.start().await();
    }
}
