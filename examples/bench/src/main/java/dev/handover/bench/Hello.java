package dev.handover.bench;

import dev.handover.harness.Checkout;

/** A worker that knows nothing of us, starts in no time, and dies at once when it is told to stop. */
final class Hello {
    private Hello() {}

    /** Its section of a configuration. */
    static String service(String address, int port, int workers) {
        return service("hello", address, port, workers);
    }

    static String service(String name, String address, int port, int workers) {
        return "[services." + name + "]\ncommand = [\"python3\", \"" + Checkout.example("python/hello.py") + "\", \""
                + address + "\", \"" + port
                + "\"]\nready = \"listening\"\ndrain = \"SIGTERM\"\nlisten = [\"tcp://" + address + ":" + port
                + "\"]\nworkers = " + workers + "\n";
    }
}
