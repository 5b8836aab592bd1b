package dev.handover.supervisor.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import dev.handover.supervisor.chronicle.Chronicle;
import dev.handover.supervisor.chronicle.ChronicleFile;
import dev.handover.supervisor.control.HappeningJson;
import dev.handover.supervisor.linux.Errands;
import dev.handover.supervisor.linux.Launcher;
import dev.handover.supervisor.terms.Effect.Severity;
import dev.handover.supervisor.terms.Happening;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.NotifySpec;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class NotificationsTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Set<String> ON = Set.of("service-down", NotifySpec.RELOAD_FAILED);

    @TempDir
    private Path folder = Path.of("/");

    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final List<String> news = new CopyOnWriteArrayList<>();
    private Chronicle chronicle =
            new Chronicle(new ChronicleFile(Path.of("/proc/none/events"), text -> {}), HappeningJson::of, text -> {});
    private Errands errands = errands();
    private Notifications notifications = new Notifications(chronicle, errands, failures::add, news::add);

    private static Errands errands() {
        try {
            return new Errands();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void takeChildren() {
        Launcher.takeChildren();
    }

    @AfterEach
    void close() {
        notifications.close();
        errands.close();
        chronicle.close();
    }

    private NotifySpec.Command appending() {
        return new NotifySpec.Command(
                List.of("sh", "-c", "cat >> events; echo \"$HANDOVER_EVENT $HANDOVER_SERVICE $HANDOVER_TEXT\" >> said"),
                folder);
    }

    private static NotifySpec spec(NotifySpec.Way way, Set<ServiceName> services, Duration timeout) {
        return new NotifySpec("pager", way, ON, services, timeout);
    }

    private void happens(What what, Severity severity, String service, String text) {
        chronicle.add(new Happening(NOON, what, severity, Subject.of(new ServiceName(service)), text));
    }

    private void down(String service, String text) {
        happens(What.SERVICE_DOWN, Severity.ERROR, service, text);
    }

    private List<String> said() throws IOException {
        return Files.exists(folder.resolve("said")) ? Files.readAllLines(folder.resolve("said")) : List.of();
    }

    @Test
    void aCommandIsToldOfEachEventThatIsChosenAndOfNoOther() throws IOException {
        down("web", "before anybody follows, but after the supervisor's start");
        chronicle.flush();
        notifications.follow(List.of(spec(appending(), Set.of(new ServiceName("web")), LONG)));
        happens(What.SERVICE_UP, Severity.INFO, "web", "up");
        happens(What.RELOAD_ENDED, Severity.INFO, "web", "completed");
        happens(What.RELOAD_ENDED, Severity.ERROR, "web", "failed");
        down("db", "another");
        down("web", "web's \"last\"");
        await().atMost(LONG).until(() -> said().size() == 3);
        assertThat(said())
                .containsExactly(
                        "service-down web before anybody follows, but after the supervisor's start",
                        "reload-ended web failed",
                        "service-down web web's \"last\"");
        List<String> events = Files.readAllLines(folder.resolve("events"));
        JsonObject last = JsonParser.parseString(events.get(2)).getAsJsonObject();
        assertThat(last.get("number").getAsLong()).isEqualTo(6);
        assertThat(last.get("host").getAsString()).isNotEmpty();
        assertThat(failures).isEmpty();
    }

    @Test
    void whoIsToldAsBeforeGoesOnAndWhoIsGoneIsToldNoMore() throws IOException {
        NotifySpec spec = spec(appending(), Set.of(), LONG);
        notifications.follow(List.of(spec));
        down("web", "one");
        chronicle.flush();
        notifications.follow(List.of(spec));
        down("web", "two");
        chronicle.flush();
        await().atMost(LONG).until(() -> said().size() == 2);
        notifications.follow(List.of());
        down("web", "three");
        notifications.close();
        assertThat(said()).containsExactly("service-down web one", "service-down web two");
    }

    @Test
    void whoIsAddedOrChangedIsToldOfWhatHappensFromThenOn() throws IOException {
        notifications.follow(List.of());
        down("web", "one");
        chronicle.flush();
        notifications.follow(List.of(spec(appending(), Set.of(), LONG)));
        down("web", "two");
        chronicle.flush();
        await().atMost(LONG).until(() -> said().size() == 1);
        notifications.follow(List.of(spec(appending(), Set.of(), LONG.plusSeconds(1))));
        down("web", "three");
        chronicle.flush();
        await().atMost(LONG).until(() -> said().size() == 2);
        assertThat(said()).containsExactly("service-down web two", "service-down web three");
    }

    @Test
    void oneThatFailsIsToldOfOnceAndWhenItWorksAgain() throws IOException {
        NotifySpec.Command failing = new NotifySpec.Command(
                List.of("sh", "-c", "test -e works; ended=$?; echo no relay >&2; echo >> tries; exit $ended"), folder);
        notifications.follow(List.of(spec(failing, Set.of(), LONG)));
        down("web", "one");
        down("web", "two");
        down("web", "three");
        await().atMost(LONG)
                .until(() -> Files.exists(folder.resolve("tries"))
                        && Files.readAllLines(folder.resolve("tries")).size() == 3);
        Files.createFile(folder.resolve("works"));
        down("web", "four");
        await().atMost(LONG).until(() -> !news.isEmpty());
        assertThat(failures)
                .containsExactly(
                        "notify.pager: event 1 (service-down of web) was not told: sh exited with 1: 'no relay'");
        assertThat(news)
                .containsExactly(
                        "notify.pager: events are told of again; of 2 that was not so since the last such line");
    }

    @Test
    void oneThatHangsIsKilledAndWhatComesMeanwhileIsBounded() throws IOException {
        NotifySpec.Command slow =
                new NotifySpec.Command(List.of("sh", "-c", "cat >> events; test -e go || sleep 1000"), folder);
        notifications.follow(List.of(spec(slow, Set.of(), Duration.ofSeconds(2))));
        down("web", "0");
        await().atMost(LONG)
                .until(() -> Files.exists(folder.resolve("events"))
                        && !Files.readString(folder.resolve("events")).isEmpty());
        for (int i = 1; i <= Target.MOST_WAITING + 20; i++) {
            down("web", "later " + i);
        }
        chronicle.flush();
        Files.createFile(folder.resolve("go"));
        await().atMost(LONG)
                .until(() -> Files.readAllLines(folder.resolve("events")).size() == 1 + Target.MOST_WAITING);
        JsonObject next = JsonParser.parseString(
                        Files.readAllLines(folder.resolve("events")).get(1))
                .getAsJsonObject();
        assertThat(next.get("text").getAsString()).isEqualTo("later 21");
        assertThat(next.get("not_shown").getAsLong()).isEqualTo(20);
        await().atMost(LONG).until(() -> !news.isEmpty());
        assertThat(failures).singleElement().asString().endsWith("was not told: sh was not done within 2 s");
        assertThat(news.get(0)).endsWith("20 were dropped, since no more than 100 wait");
    }

    @Test
    void aWebhookIsSentTheEventWithoutWhatAReloadCameTo() throws IOException {
        List<String> bodies = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/secret", exchange -> {
            bodies.add(exchange.getRequestHeaders().getFirst("Content-Type") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(bodies.size() == 1 ? 204 : 500, -1);
            exchange.close();
        });
        server.start();
        try {
            NotifySpec.Webhook webhook = new NotifySpec.Webhook(
                    URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/secret"));
            notifications.follow(List.of(spec(webhook, Set.of(), LONG)));
            down("web", "größer");
            down("web", "two");
            await().atMost(LONG).until(() -> bodies.size() == 2 && !failures.isEmpty());
            assertThat(bodies.get(0))
                    .startsWith("application/json; charset=utf-8 {")
                    .contains("\"text\":\"größer\"");
            assertThat(failures)
                    .containsExactly("notify.pager: event 2 (service-down of web) was not told: " + webhook
                            + " answered with 500");
            assertThat(webhook.toString()).doesNotContain("secret");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void anAnswerWithoutAnEndIsOne() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            NotifySpec.Webhook webhook =
                    new NotifySpec.Webhook(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/"));
            CompletableFuture<Socket> answers = CompletableFuture.supplyAsync(() -> {
                try {
                    Socket client = server.accept();
                    client.getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                    return client;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            new Webhook(webhook).deliver(new JsonObject(), LONG);
            answers.get().close();
        }
    }

    @Test
    void aWebServerThatHangsOrIsNotThereIsGivenUp() throws IOException {
        NotifySpec.Webhook webhook;
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            webhook = new NotifySpec.Webhook(URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/secret"));
            assertThatThrownBy(() -> new Webhook(webhook).deliver(new JsonObject(), Duration.ofMillis(200)))
                    .hasMessage(webhook + " has not answered within 200 ms");
        }
        assertThatThrownBy(() -> new Webhook(webhook).deliver(new JsonObject(), LONG))
                .hasMessage(webhook + " was not reached: nobody accepts there");
    }
}
