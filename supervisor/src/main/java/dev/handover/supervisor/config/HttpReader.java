package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.HttpSpec;
import dev.handover.supervisor.terms.HttpSpec.Place;
import dev.handover.supervisor.terms.ListenAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code [http]}. */
final class HttpReader {
    private static final String FORM = "an address such as \"127.0.0.1:9105\" or \"unix:/run/handover/http.sock\"";
    private static final String UNIX = "unix:";
    private static final Pattern HOST =
            Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");
    private static final int LONGEST_HOST = 253;

    /** sun_path of unix(7) has 108 bytes, the last for a zero. */
    private static final int LONGEST_PATH = 107;

    private HttpReader() {}

    /**
     * Empty if it is no place to listen at; then there is a problem.
     *
     * @param folder that a relative path starts from
     */
    static Optional<HttpSpec> read(Node http, Path folder) {
        Map<String, Node> table = http.entries("the table [http]", Key.Table.HTTP.keys(), Key.Table.HTTP.expected());
        if (!http.isTable()) {
            return Optional.empty();
        }
        boolean network = network(table);
        List<String> hosts = hosts(table);
        Node listen = table.get(Key.HTTP_LISTEN.text());
        if (listen == null) {
            http.problemBelow(Key.HTTP_LISTEN.text(), "missing; expected " + FORM);
            return Optional.empty();
        }
        return listen.string(FORM)
                .flatMap(text -> text.startsWith(UNIX)
                        ? unix(text.substring(UNIX.length()), listen, folder)
                        : tcp(text, listen, network))
                .map(place -> new HttpSpec(place, hosts));
    }

    private static Optional<Place> unix(String text, Node listen, Path folder) {
        try {
            Path path = Paths.withoutDots(folder.resolve(text));
            int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
            if (text.isEmpty() || length > LONGEST_PATH) {
                listen.problem("expected the path of a socket behind unix:, of at most " + LONGEST_PATH
                        + " bytes, not '" + text + "'");
                return Optional.empty();
            }
            return Optional.of(new HttpSpec.Unix(path));
        } catch (InvalidPathException e) {
            listen.problem("expected a path behind unix:, not '" + text + "': " + e.getReason());
            return Optional.empty();
        }
    }

    private static Optional<Place> tcp(String text, Node listen, boolean network) {
        Optional<ListenAddress> address;
        try {
            address = Optional.of(ListenAddress.parse("tcp://" + text));
        } catch (IllegalArgumentException bad) {
            listen.problem("expected " + FORM + ", not '" + text + "'");
            return Optional.empty();
        }
        if (!network && !address.get().host().isLoopbackAddress()) {
            listen.problem(
                    "'" + text + "' can be reached from other machines, where anybody could read what status shows;"
                            + " expected a loopback address, unix:PATH, or reach = \"network\" beside it");
            return Optional.empty();
        }
        return address.map(HttpSpec.Tcp::new);
    }

    private static boolean network(Map<String, Node> table) {
        Node node = table.get(Key.HTTP_REACH.text());
        String expected = "\"machine\" or \"network\"";
        Optional<String> word = node == null ? Optional.empty() : node.string(expected);
        if (node != null && word.isPresent() && !List.of("machine", "network").contains(word.get())) {
            node.problem("expected " + expected + ", not '" + word.get() + "'");
        }
        return word.filter("network"::equals).isPresent();
    }

    private static List<String> hosts(Map<String, Node> table) {
        Node node = table.get(Key.HTTP_HOSTS.text());
        List<String> hosts = new ArrayList<>();
        if (node != null) {
            String expected = "the name of a host in small letters, without a port";
            for (Node one : node.elements("an array of names")) {
                one.string(expected).ifPresent(text -> {
                    if (HOST.matcher(text).matches() && text.length() <= LONGEST_HOST) {
                        hosts.add(text);
                    } else {
                        one.problem("expected " + expected + ", not '" + text + "'");
                    }
                });
            }
        }
        return hosts;
    }
}
