package dev.handover.bench;

import dev.handover.harness.Checkout;
import dev.handover.harness.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One way of reloading a program, as the file of that name in {@code examples/bench/peers} has it.
 *
 * @param program the file's name
 * @param word the way's, in it
 * @param name for people
 */
record Way(String program, String word, String name) {
    private static final Duration TO_SAY = Duration.ofSeconds(30);
    private static final String SCRIPT = "peer";

    /** Where a program listens, and how often it is to be reloaded. */
    record Place(Path folder, String address, int port, int reloads) {}

    /**
     * All that can be tried here.
     *
     * @param leftOut gets the programs that are not installed, with what they say of it
     */
    static List<Way> all(Map<String, String> leftOut) throws IOException, InterruptedException {
        List<Way> ways = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder())) {
            for (Path file : files.sorted().toList()) {
                String program = file.getFileName().toString();
                if (program.equals(SCRIPT)) {
                    continue;
                }
                Ran ran = Ran.run(TO_SAY, List.of(script(), program, "ways"));
                if (ran.exitCode() == 0) {
                    ways.addAll(parse(program, ran.out()));
                } else {
                    leftOut.put(program, (ran.out() + ran.err()).strip());
                }
            }
        }
        return ways;
    }

    /** @param lines each a word, a tab, and a name */
    static List<Way> parse(String program, String lines) {
        return lines.lines()
                .map(line -> line.split("\t", 2))
                .map(parts -> new Way(program, parts[0], parts[1]))
                .toList();
    }

    /** Whether this is meant by {@code PROGRAM} or {@code PROGRAM:WAY}. */
    boolean isMeantBy(String text) {
        return text.equals(program) || text.equals(program + ":" + word);
    }

    List<String> serve(Place place) {
        return command("serve", place);
    }

    /** Ends when what it replaces is gone. */
    List<String> reload(Place place) {
        return command("reload", place);
    }

    private List<String> command(String verb, Place place) {
        return List.of(
                "env",
                "-C",
                place.folder().toString(),
                "ADDRESS=" + place.address(),
                "PORT=" + place.port(),
                "RELOADS=" + place.reloads(),
                script(),
                program,
                verb,
                word);
    }

    private static String script() {
        return folder().resolve(SCRIPT).toString();
    }

    private static Path folder() {
        return Checkout.example("bench/peers");
    }
}
