package com.example.micronaut;

import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;

/** Greets. */
@Controller
public class GreetingController {
    @Get(produces = MediaType.TEXT_PLAIN)
    String greet() {
        return "Hello from " + ProcessHandle.current().pid() + "\n";
    }
}
