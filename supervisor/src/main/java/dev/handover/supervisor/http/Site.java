package dev.handover.supervisor.http;

import com.google.gson.JsonObject;
import dev.handover.supervisor.chronicle.Selection;
import dev.handover.supervisor.control.Answers;
import dev.handover.supervisor.control.Requests;
import dev.handover.supervisor.control.Results;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SteeringStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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
        Answer answer(Question question) throws Unanswered;
    }

    /** Answers a path that names a service. */
    private interface RouteOfService {
        /** @param service one that there is */
        Answer answer(String service) throws Unanswered;
    }

    private static final String SERVICES = "/api/v1/services/";

    private final Requests requests;
    private final Asked<Reply.Status> status;
    private final Asked<Reply.History> history;
    private final Asked<Reply> sign;
    private final OpenConnections open;
    private final Figures figures;
    private final Followers followers = new Followers();
    private final Map<String, Route> routes = new TreeMap<>();
    private final Map<String, RouteOfService> ofServices = new TreeMap<>();

    private Site(Requests requests) throws IOException {
        this.requests = requests;
        this.status = new Asked<>(
                answer -> submit(statusRequest(), Reply.Status.class, answer), STATUS_LIMIT, HttpListener.MOST_WAITING);
        this.history = new Asked<>(
                answer -> submit(new Request.History(Optional.empty()), Reply.History.class, answer),
                CORE_LIMIT,
                HttpListener.MOST_WAITING);
        this.sign = new Asked<>(
                answer -> submit(new Request.History(Optional.empty()), Reply.class, answer),
                CORE_LIMIT,
                HttpListener.MOST_CONNECTIONS);
        this.open = new OpenConnections();
        this.figures = new Figures(requests.version());
        routes.put("/", question -> {
            Reply.Status now = status.answer();
            return Page.of(now, history.answer(), connections(now), this::accounts, requests.version());
        });
        routes.put("/page.css", question -> file("page.css", "text/css; charset=utf-8"));
        routes.put("/page.js", question -> file("page.js", "text/javascript; charset=utf-8"));
        routes.put("/icon.svg", question -> file("icon.svg", "image/svg+xml"));
        routes.put("/metrics", question -> {
            Reply.Status now = status.answer();
            return figures.expose(now, connections(now), question.accept());
        });
        routes.put("/healthz", question -> alive());
        routes.put("/readyz", question -> ready());
        routes.put("/api/v1/status", question -> Answer.json(Results.text(status())));
        routes.put("/api/v1/history", question -> Answer.json(Results.text(Results.history(history.answer()))));
        ofServices.put("history", this::historyOf);
        ofServices.put("explain", this::explained);
        routes.put("/api/v1/events", this::events);
        routes.put("/api/openapi.yaml", question -> file("openapi.yaml", "application/yaml"));
    }

    static Site of(Requests requests) throws IOException {
        return new Site(requests);
    }

    /** With {@code {service}} for any that there is. */
    Set<String> paths() {
        Set<String> paths = new TreeSet<>(routes.keySet());
        ofServices.keySet().forEach(last -> paths.add(SERVICES + "{service}/" + last));
        return paths;
    }

    Answer answer(Question question) throws Unanswered {
        Route route = routes.get(question.path());
        if (route != null) {
            return route.answer(question);
        }
        int last = question.path().lastIndexOf('/');
        RouteOfService ofService = ofServices.get(question.path().substring(last + 1));
        if (ofService == null || last <= SERVICES.length() || !question.path().startsWith(SERVICES)) {
            return Answer.text(HttpStatus.SC_NOT_FOUND, "nothing is here; there is " + String.join(", ", paths()));
        }
        String service = question.path().substring(SERVICES.length(), last);
        return isThere(service) ? ofService.answer(service) : noService();
    }

    private Answer historyOf(String service) throws Unanswered {
        return Answer.json(Results.text(Results.history(new Reply.History(history.answer().services().stream()
                .filter(past -> past.service().value().equals(service))
                .toList()))));
    }

    private Answer explained(String service) {
        return Answer.json(Results.text(Results.explainedForMonitors(service, requests.chronicle())));
    }

    private PastReloads.Accounts accounts(ServiceName service) {
        return new PastReloads.Accounts(
                Results.reportsForMonitors(service.value(), requests.chronicle()).stream()
                        .map(Told::new)
                        .toList(),
                new Told(Results.explainedForMonitors(service.value(), requests.chronicle()))
                        .objects("explained").stream().findFirst());
    }

    /** What happens, from now on, or from the event on that the client had last. */
    private Answer events(Question question) throws Unanswered {
        Optional<String> after = question.lastEventId().or(() -> question.parameter("after"));
        if (after.filter(number -> !number.matches("\\d{1,18}")).isPresent()) {
            return Answer.text(
                    HttpStatus.SC_BAD_REQUEST, "'after', or the header Last-Event-ID, is the number of an event");
        }
        Optional<String> service = question.parameter("service");
        if (service.isPresent() && !isThere(service.get())) {
            return noService();
        }
        Answer answer = new Answer(HttpStatus.SC_OK, Following.TYPE, Following.greeting());
        if (question.headOnly()) {
            return answer;
        }
        OptionalLong from = after.stream().mapToLong(Long::parseLong).findFirst();
        OptionalInt last = from.isPresent() ? OptionalInt.empty() : OptionalInt.of(0);
        return followers
                .enter(requests.chronicle(), new Selection(service, Optional.empty(), from, last))
                .map(following -> new Answer(answer.status(), answer.type(), answer.body(), Optional.of(following)))
                .orElseGet(() -> Answer.text(
                        HttpStatus.SC_SERVICE_UNAVAILABLE,
                        "as many as " + Followers.MOST + " follow the events already, or the supervisor ends"));
    }

    private boolean isThere(String service) throws Unanswered {
        return status.answer().services().stream()
                .anyMatch(one -> one.service().value().equals(service));
    }

    private Answer noService() throws Unanswered {
        return Answer.text(
                HttpStatus.SC_NOT_FOUND,
                "there is no such service; there is "
                        + status.answer().services().stream()
                                .map(one -> one.service().value())
                                .collect(Collectors.joining(", ")));
    }

    /** As of {@link Followers#end}. */
    void endFollowers(String why, Duration most) {
        requests.chronicle().flush();
        followers.end(why, most);
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
