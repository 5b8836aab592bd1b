package dev.handover.supervisor.http;

import com.google.gson.JsonObject;
import dev.handover.supervisor.control.Answers;
import dev.handover.supervisor.control.Requests;
import dev.handover.supervisor.control.Results;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.SteeringStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.hc.core5.http.HttpStatus;

/** What is to be had, by its path. */
final class Site implements AutoCloseable {
    /** A status waits for steering, too, which may be at a flip. */
    private static final Duration STATUS_LIMIT = Duration.ofSeconds(5);

    /** The core answers at once, if it does at all. */
    private static final Duration CORE_LIMIT = Duration.ofSeconds(2);

    /** Answers one path. */
    private interface Route {
        /** @param accept the header of the request; empty where there is none */
        Answer answer(String accept) throws Unanswered;
    }

    private final Requests requests;
    private final Asked<Reply.Status> status;
    private final Asked<Reply.History> history;
    private final Asked<Reply> sign;
    private final OpenConnections open;
    private final Figures figures;
    private final Map<String, Route> routes = new TreeMap<>();

    private Site(Requests requests) throws IOException {
        this.requests = requests;
        this.status = new Asked<>(answer -> submit(statusRequest(), Reply.Status.class, answer), STATUS_LIMIT);
        this.history = new Asked<>(
                answer -> submit(new Request.History(Optional.empty()), Reply.History.class, answer), CORE_LIMIT);
        this.sign =
                new Asked<>(answer -> submit(new Request.History(Optional.empty()), Reply.class, answer), CORE_LIMIT);
        this.open = new OpenConnections();
        this.figures = new Figures(requests.version());
        routes.put("/", accept -> {
            Reply.Status now = status.answer();
            return Page.of(now, history.answer(), connections(now), requests.version());
        });
        routes.put("/page.css", accept -> file("page.css", "text/css; charset=utf-8"));
        routes.put("/page.js", accept -> file("page.js", "text/javascript; charset=utf-8"));
        routes.put("/icon.svg", accept -> file("icon.svg", "image/svg+xml"));
        routes.put("/metrics", accept -> {
            Reply.Status now = status.answer();
            return figures.expose(now, connections(now), accept);
        });
        routes.put("/healthz", accept -> alive());
        routes.put("/readyz", accept -> ready());
        routes.put("/api/v1/status", accept -> Answer.json(Results.text(status())));
        routes.put("/api/v1/history", accept -> Answer.json(Results.text(Results.history(history.answer()))));
        routes.put("/api/openapi.yaml", accept -> file("openapi.yaml", "application/yaml"));
    }

    static Site of(Requests requests) throws IOException {
        return new Site(requests);
    }

    Set<String> paths() {
        return routes.keySet();
    }

    Answer answer(String path, String accept) throws Unanswered {
        Route route = routes.get(path);
        if (route == null) {
            return Answer.text(
                    HttpStatus.SC_NOT_FOUND, "nothing is here; there is " + String.join(", ", routes.keySet()));
        }
        return route.answer(accept);
    }

    /** By address; empty where the kernel does not say. */
    private Map<ListenAddress, Long> connections(Reply.Status now) {
        try {
            return open.at(now.steering().values().stream()
                    .flatMap(steering -> steering.groups().stream())
                    .map(SteeringStatus.Group::address)
                    .toList());
        } catch (IOException unknown) {
            return Map.of();
        }
    }

    private Request statusRequest() {
        return new Request.Status(Optional.empty(), Results.usable(requests.lookAtConfiguration()));
    }

    private <T extends Reply> void submit(Request request, Class<T> kind, CompletableFuture<T> answer) {
        requests.submit(request, Answers.atOnce(reply -> {
            if (kind.isInstance(reply)) {
                answer.complete(kind.cast(reply));
            } else {
                answer.completeExceptionally(
                        new Unanswered(reply instanceof Reply.Refused refused ? refused.message() : "no answer"));
            }
        }));
    }

    private JsonObject status() throws Unanswered {
        return Results.withoutClients(Results.status(status.answer(), requests.file(), requests.lookAtConfiguration()));
    }

    private Answer alive() throws Unanswered {
        sign.answer(); // whatever it says
        return Answer.text(HttpStatus.SC_OK, "the supervisor is alive");
    }

    private Answer ready() throws Unanswered {
        String lacking = status.answer().services().stream()
                .filter(service -> service.state() != ServiceState.RUNNING)
                .map(service -> service.service() + " is " + Results.word(service.state())
                        + (service.reason().isEmpty() ? "" : ": " + service.reason()))
                .collect(Collectors.joining("\n"));
        return lacking.isEmpty()
                ? Answer.text(HttpStatus.SC_OK, "every service runs")
                : Answer.text(HttpStatus.SC_SERVICE_UNAVAILABLE, lacking);
    }

    @Override
    public void close() {
        open.close();
    }

    /** What lies beside this class. */
    private static Answer file(String name, String type) {
        try (InputStream file = Objects.requireNonNull(Site.class.getResourceAsStream(name), name)) {
            return new Answer(HttpStatus.SC_OK, type, file.readAllBytes());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(name, unreadable);
        }
    }
}
