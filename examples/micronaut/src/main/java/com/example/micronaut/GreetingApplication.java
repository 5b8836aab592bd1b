package com.example.micronaut;

import io.micronaut.runtime.Micronaut;

/** A web application on Micronaut's HTTP server, which is Netty's. */
public final class GreetingApplication {
    private GreetingApplication() {}

    public static void main(String[] args) {
        Micronaut.run(GreetingApplication.class, args);
    }
}
