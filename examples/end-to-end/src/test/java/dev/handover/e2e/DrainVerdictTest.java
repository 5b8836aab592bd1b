package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a program does at its drain signal, and whatever it says by how it exits: what is told is what clients saw. */
@Timeout(300)
class DrainVerdictTest {
    private static final int CLIENTS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Path SERVER = Path.of("src/test/resources/dev/handover/e2e/slow.py");

    /** What {@code slow.py} does at SIGTERM, and whether its clients have their answers all the same. */
    private static final Map<String, Boolean> ANSWERS = new LinkedHashMap<>();

    static {
        ANSWERS.put("finish", true);
        ANSWERS.put("reraise", true);
        ANSWERS.put("leave", false);
        // It would do nothing but end, and is not told.
        ANSWERS.put("nothing", true);
        // Its children go on when it has ended.
        ANSWERS.put("children", true);
        // Its parent is a shell, which tells it nothing, and ends: the whole group is told.
        ANSWERS.put("shell", true);
    }

    @TempDir
    Path folder;

    @Test
    void whatIsToldOfADrainIsWhatItsClientsSaw() throws Exception {
        Path gate = folder.resolve("gate");
        Map<String, Integer> ports = new LinkedHashMap<>();
        StringBuilder services = new StringBuilder();
        for (String service : ANSWERS.keySet()) {
            int port = Supervised.freePort();
            ports.put(service, port);
            services.append("""
                    [services.%s]
                    %s
                    listen = ["tcp://127.0.0.1:%d"]
                    ready = "listening"
                    drain = "SIGTERM"
                    drain-timeout = "5m"
                    """.formatted(service, command(service, port, gate), port));
        }
        try (Supervised supervised = Supervised.start(services.toString())) {
            Map<String, List<Socket>> clients = new LinkedHashMap<>();
            for (Map.Entry<String, Integer> one : ports.entrySet()) {
                clients.put(one.getKey(), ask(one.getValue()));
            }

            Process reload = new ProcessBuilder(supervised.ctlWords("reload"))
                    .redirectErrorStream(true)
                    .start();
            // All that will be answered are seen to be open, in draining workers, and who answers nobody has left: only
            // then they may be.
            await().atMost(PATIENCE)
                    .until(() -> draining(supervised).containsAll(answering())
                            && first(supervised, "leave").isEmpty());
            Files.createFile(gate);
            String out = new String(reload.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(reload.waitFor()).as(out + supervised.log()).isZero();
            for (Map.Entry<String, Boolean> one : ANSWERS.entrySet()) {
                String service = one.getKey();
                int answered = 0;
                for (Socket client : Objects.requireNonNull(clients.get(service))) {
                    answered += client.getInputStream().readAllBytes().length > 0 ? 1 : 0;
                    client.close();
                }
                assertThat(answered).as(service).isEqualTo(one.getValue() ? CLIENTS : 0);
                assertThat(toldOf(service, out))
                        .as("%s: %s", service, supervised.log())
                        .contains("finished " + answered + ", closed while idle 0, cut " + (CLIENTS - answered))
                        .contains(one.getValue() ? "lossless, steered" : "not lossless: 3 connections cut");
            }
            assertThat(toldOf("nothing", out)).contains("advice: ", "Set drain = \"idle\"");
            assertThat(toldOf("leave", out)).contains("exited with 0 without finishing what it had accepted");
        }
    }

    private static List<String> answering() {
        return ANSWERS.entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The services whose old worker has been told to drain, and is seen to have all clients. */
    private static List<String> draining(Supervised supervised) throws IOException {
        List<String> draining = new ArrayList<>();
        for (String service : ANSWERS.keySet()) {
            Optional<JsonObject> old = first(supervised, service);
            if (old.isPresent() && old.get().get("state").getAsString().equals("draining")) {
                JsonElement open = old.get()
                        .getAsJsonArray("workers")
                        .get(0)
                        .getAsJsonObject()
                        .get("connections");
                if (open != null && open.getAsInt() == CLIENTS) {
                    draining.add(service);
                }
            }
        }
        return draining;
    }

    /** What {@code status} tells of a service's generation 1, while it is there. */
    private static Optional<JsonObject> first(Supervised supervised, String service) throws IOException {
        return supervised.ask("status").getAsJsonArray("services").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(told -> told.get("service").getAsString().equals(service))
                .flatMap(told -> told.getAsJsonArray("generations").asList().stream())
                .map(JsonElement::getAsJsonObject)
                .filter(generation -> generation.get("generation").getAsInt() == 1)
                .findFirst();
    }

    private static String command(String service, int port, Path gate) {
        String server = SERVER.toAbsolutePath().toString();
        return service.equals("shell")
                ? "command = [\"sh\", \"-c\", \"python3 %s %d finish %s & wait\"]\nsignals-to = \"group\""
                        .formatted(server, port, gate)
                : "command = [\"python3\", \"%s\", \"%d\", \"%s\", \"%s\"]".formatted(server, port, service, gate);
    }

    private static List<Socket> ask(int port) throws IOException {
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Socket client = new Socket("127.0.0.1", port);
            client.getOutputStream().write("question\n".getBytes(StandardCharsets.US_ASCII));
            clients.add(client);
        }
        return clients;
    }

    /** The lines of the result that are about one service. */
    private static String toldOf(String service, String out) {
        Matcher told = Pattern.compile("(?m)^" + service + ": generation 2 serves.*\n((?:  .*\n)*)")
                .matcher(out);
        assertThat(told.find()).as(out).isTrue();
        return told.group(1);
    }
}
