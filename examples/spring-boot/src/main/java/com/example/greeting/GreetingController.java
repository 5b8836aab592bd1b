package com.example.greeting;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Greets the world, or whoever is posted. */
@RestController
class GreetingController {
    @GetMapping("/")
    Greeting greet() {
        return greet("world");
    }

    @PostMapping("/")
    Greeting greet(@RequestBody String name) {
        return new Greeting("Hello, " + name, ProcessHandle.current().pid());
    }
}
