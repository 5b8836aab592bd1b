package dev.handover.e2e.server;

import io.undertow.Undertow;

/** Undertow's core. */
public final class UndertowServer {
    private UndertowServer() {}

    public static void main(String[] args) {
        String greeting = "Hello from " + ProcessHandle.current().pid() + "\n";
        Undertow.builder()
                .addHttpListener(Integer.parseInt(args[0]), "0.0.0.0")
                .setHandler(exchange -> exchange.getResponseSender().send(greeting))
                .build()
                .start();
    }
}
