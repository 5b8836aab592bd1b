package dev.handover.supervisor.terms;

import java.nio.file.Path;
import java.util.List;

/**
 * Where the supervisor answers HTTP.
 *
 * @param hosts the names that a request may give its host beside {@code localhost} and addresses
 */
public record HttpSpec(Place place, List<String> hosts) {
    public HttpSpec {
        hosts = List.copyOf(hosts);
    }

    /** What is listened at. */
    public sealed interface Place {}

    /** An address of TCP. */
    public record Tcp(ListenAddress address) implements Place {
        @Override
        public String toString() {
            return "http://" + address.toString().substring("tcp://".length());
        }
    }

    /** A Unix socket, by its absolute path. */
    public record Unix(Path path) implements Place {
        @Override
        public String toString() {
            return "unix:" + path;
        }
    }
}
