package dev.handover.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** Headless Chromium with one page, asked by its debugging protocol: what the page is after its scripts, and at once. */
final class Browser implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Pattern SOCKET = Pattern.compile("\"webSocketDebuggerUrl\": *\"(ws:[^\"]*/page/[^\"]*)\"");

    private final HttpClient client = HttpClient.newHttpClient();
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Process process;
    private final WebSocket socket;
    private int asked;

    /** @param folder for its profile; to be cleaned up by the caller */
    Browser(Path folder, String address) throws Exception {
        Path profile = folder.resolve("profile");
        ProcessBuilder command = new ProcessBuilder(
                        "chromium",
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--user-data-dir=" + profile,
                        "--remote-debugging-port=0",
                        address)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(folder.resolve("chromium.log").toFile());
        command.environment().put("TMPDIR", folder.toString());
        process = command.start();
        try {
            String port = Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> port(profile.resolve("DevToolsActivePort")), found -> !found.isEmpty());
            String page = Awaitility.await().atMost(PATIENCE).until(() -> page(port), found -> !found.isEmpty());
            socket = client.newWebSocketBuilder()
                    .buildAsync(URI.create(page), new Listener())
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception | AssertionError failed) {
            process.destroyForcibly();
            throw failed;
        }
    }

    private static String port(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file).lines().findFirst().orElse("") : "";
    }

    private String page(String port) throws IOException, InterruptedException {
        String list = client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
        Matcher found = SOCKET.matcher(list);
        return found.find() ? found.group(1) : "";
    }

    /** The protocol's answer, in JSON, with what an expression comes to in it. */
    String evaluate(String expression) throws Exception {
        String quoted = expression.replace("\\", "\\\\").replace("\"", "\\\"");
        asked++;
        socket.sendText(
                        "{\"id\":" + asked
                                + ",\"method\":\"Runtime.evaluate\",\"params\":{\"returnByValue\":true,\"expression\":\""
                                + quoted + "\"}}",
                        true)
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        String answer = answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (answer == null) {
            throw new AssertionError("the browser does not answer");
        }
        return answer;
    }

    /** All that is to be read on the page. */
    String text() throws Exception {
        return evaluate("document.body.innerText");
    }

    @Override
    public void close() {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
    }

    /** Puts the parts of each answer together. */
    private final class Listener implements WebSocket.Listener {
        private final StringBuilder parts = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            parts.append(part);
            if (last) {
                answers.add(parts.toString());
                parts.setLength(0);
            }
            return WebSocket.Listener.super.onText(from, part, last);
        }
    }
}
