package dev.handover.supervisor.http;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.HttpServerRequestHandler;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.HttpEntities;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.apache.hc.core5.http.protocol.HttpContext;

/** Answers each request, or says what is wrong with it: it must read, have no body, and be for a host that is meant. */
final class Answering implements HttpServerRequestHandler {
    private static final List<String> METHODS = List.of("GET", "HEAD");

    /** A page of elsewhere can neither frame nor read what is answered, and none of ours takes anything from elsewhere. */
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cache-Control",
            "no-store");

    private final Host host;
    private final Site site;
    private final Visit visit;
    private final Consumer<String> warnings;

    /** @param visit whose requests they are */
    Answering(Host host, Site site, Visit visit, Consumer<String> warnings) {
        this.host = host;
        this.site = site;
        this.visit = visit;
        this.warnings = warnings;
    }

    @Override
    public void handle(ClassicHttpRequest request, ResponseTrigger trigger, HttpContext context)
            throws HttpException, IOException {
        visit.asks();
        Answer answer = answer(request);
        visit.isAnswered();
        ClassicHttpResponse response = new BasicClassicHttpResponse(answer.status());
        HEADERS.forEach(response::setHeader);
        if (answer.status() == HttpStatus.SC_METHOD_NOT_ALLOWED) {
            response.setHeader(HttpHeaders.ALLOW, String.join(", ", METHODS));
        }
        if (hasBody(request)) {
            request.setEntity(null); // never read: the connection ends with this answer
            response.setHeader(HttpHeaders.CONNECTION, "close");
        }
        ContentType type = ContentType.parse(answer.type());
        if (answer.follows().isEmpty()) {
            response.setEntity(new ByteArrayEntity(answer.body(), type));
            trigger.submitResponse(response);
            return;
        }
        response.setHeader(HttpHeaders.CONNECTION, "close"); // nobody reads a further request
        response.setHeader("X-Accel-Buffering", "no"); // nginx would keep it back otherwise
        try (Following following = answer.follows().get()) {
            response.setEntity(HttpEntities.create(
                    out -> {
                        out.write(answer.body());
                        following.writeTo(out, visit);
                    },
                    type));
            trigger.submitResponse(response);
        }
    }

    /** Some clients say of a request without one that it has none. */
    private static boolean hasBody(ClassicHttpRequest request) {
        return request.getEntity() != null && request.getEntity().getContentLength() != 0;
    }

    private static Optional<String> value(ClassicHttpRequest request, String header) {
        return Optional.ofNullable(request.getFirstHeader(header)).map(Header::getValue);
    }

    private Answer answer(ClassicHttpRequest request) {
        String name =
                request.getAuthority() == null ? "" : request.getAuthority().getHostName();
        if (!host.allows(name)) {
            return Answer.text(
                    HttpStatus.SC_MISDIRECTED_REQUEST,
                    "nothing is answered for this host; ask for localhost or an address, or name it in hosts of [http]");
        }
        if (!METHODS.contains(request.getMethod())) {
            return Answer.text(
                    HttpStatus.SC_METHOD_NOT_ALLOWED, "only GET and HEAD: what changes something is for supervisorctl");
        }
        if (hasBody(request)) {
            return Answer.text(HttpStatus.SC_REQUEST_TOO_LONG, "a request has no body here");
        }
        Question question = Question.of(
                request.getPath(),
                value(request, HttpHeaders.ACCEPT).orElse(""),
                value(request, "Last-Event-ID"),
                request.getMethod().equals("HEAD"));
        try {
            return site.answer(question);
        } catch (Unanswered why) {
            return Answer.text(HttpStatus.SC_SERVICE_UNAVAILABLE, String.valueOf(why.getMessage()));
        } catch (RuntimeException | LinkageError fault) {
            warnings.accept("HTTP: " + fault);
            return Answer.text(HttpStatus.SC_INTERNAL_SERVER_ERROR, "a fault of the supervisor; its log has it");
        }
    }
}
