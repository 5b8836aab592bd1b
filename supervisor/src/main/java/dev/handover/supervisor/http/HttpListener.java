package dev.handover.supervisor.http;

import dev.handover.supervisor.control.Requests;
import dev.handover.supervisor.terms.HttpSpec;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.HttpProcessors;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnection;
import org.apache.hc.core5.http.impl.io.DefaultHttpRequestParserFactory;
import org.apache.hc.core5.http.impl.io.HttpService;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.http.protocol.HttpProcessor;
import org.apache.hc.core5.util.Timeout;

/** One place where HTTP is answered, and its limits: of connections, of what a request has, and of time. */
final class HttpListener implements AutoCloseable {
    /**
     * Connections at a time, but for those that {@linkplain Followers follow}; for another one the one ends whose client takes
     * its time for the longest, be it over its next request, the rest of one, or the answer.
     */
    static final int MOST_CONNECTIONS = 16;

    /** How many of them may wait for one answer of the supervisor's: the others are for who asks something quick. */
    static final int MOST_WAITING = 12;

    /** From the first byte of a request to the last one of its answer. */
    static final Duration LIMIT = Duration.ofSeconds(10);

    /** For how long a connection may wait for its next request. */
    private static final Duration IDLE = Duration.ofMinutes(2);

    /** The longest line of a request, its newline included. */
    static final int LONGEST_LINE = 4096;

    static final int MOST_HEADERS = 50;

    private static final Http1Config LIMITS = Http1Config.custom()
            .setMaxLineLength(LONGEST_LINE)
            .setMaxHeaderCount(MOST_HEADERS)
            .setMaxEmptyLineCount(2)
            .build();

    /** To be given once more: a connection that makes its own has one without limits. */
    private static final DefaultHttpRequestParserFactory LIMITED = new DefaultHttpRequestParserFactory(LIMITS);

    private static final HttpProcessor PROCESSOR = HttpProcessors.server("handover");

    /** For which those who follow what happens are waited for at the end. */
    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    private final HttpSpec spec;
    private final Duration limit;
    private final Site site;
    private final Host host;
    private final ScheduledThreadPoolExecutor clock =
            new ScheduledThreadPoolExecutor(1, task -> Listening.daemon(task, "http-limits"));
    private final Set<Visit> visits = new HashSet<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean failedBefore = new AtomicBoolean();
    private final Consumer<String> warnings;
    private final Entrance entrance;

    /** @throws IOException if nothing can be listened at there, with a message for users */
    HttpListener(HttpSpec spec, Optional<String> monitorGroup, Requests requests, Consumer<String> warnings)
            throws IOException {
        this(spec, monitorGroup, requests, warnings, LIMIT);
    }

    HttpListener(
            HttpSpec spec, Optional<String> monitorGroup, Requests requests, Consumer<String> warnings, Duration limit)
            throws IOException {
        this.spec = spec;
        this.limit = limit;
        this.warnings = warnings;
        clock.setRemoveOnCancelPolicy(true);
        host = spec.place() instanceof HttpSpec.Tcp ? Host.orOneOf(spec.hosts()) : Host.ANY;
        site = Site.of(requests);
        try {
            entrance = enter(spec.place(), monitorGroup);
        } catch (IOException refused) {
            site.close();
            throw refused;
        }
    }

    private Entrance enter(HttpSpec.Place place, Optional<String> monitorGroup) throws IOException {
        if (place instanceof HttpSpec.Unix unix) {
            return Entrance.unix(
                    unix.path(), 2 * MOST_CONNECTIONS + Followers.MOST, monitorGroup, this::serve, warnings);
        }
        HttpSpec.Tcp tcp = (HttpSpec.Tcp) place;
        return Entrance.tcp(tcp.address().socketAddress(), this::serve, warnings);
    }

    /** Serves one connection to its end. */
    private void serve(Socket socket) {
        Visit visit = new Visit(socket, clock, limit);
        try (socket) {
            if (!admit(visit)) {
                socket.getOutputStream().write(Entrance.NO_ROOM);
                return;
            }
            DefaultBHttpServerConnection connection =
                    new DefaultBHttpServerConnection("http", LIMITS, null, null, null, null, LIMITED, null);
            connection.bind(socket);
            HttpService service = new HttpService(PROCESSOR, new Answering(host, site, visit, warnings));
            visit.awaitsRequest(IDLE);
            while (connection.isOpen() && connection.isDataAvailable(Timeout.DISABLED)) {
                visit.begins();
                service.handleRequest(connection, HttpCoreContext.create());
                visit.awaitsRequest(IDLE);
            }
        } catch (IOException | HttpException ended) {
            // Whoever asked may go away when he likes, and is ended at his limits.
        } catch (RuntimeException | OutOfMemoryError failed) { // no thread for the limits, or a fault
            if (!failedBefore.getAndSet(true)) {
                warnings.accept("HTTP: a connection was ended: " + failed + "; later ones of the kind are not told of");
            }
        } finally {
            visit.over();
            synchronized (visits) {
                visits.remove(visit);
            }
        }
    }

    private boolean admit(Visit visit) {
        synchronized (visits) {
            if (visits.stream().filter(Visit::isPassing).count() >= MOST_CONNECTIONS) {
                Optional<Visit> longest =
                        visits.stream().filter(Visit::waitsForClient).min(Comparator.comparingLong(Visit::since));
                if (longest.isEmpty()) {
                    return false;
                }
                longest.get().end();
                visits.remove(longest.get());
            }
            return !closed.get() && visits.add(visit);
        }
    }

    /** Ends those who follow what happens, who are told why; others are served as before. */
    void endFollowers(String why) {
        site.endFollowers(why, LAST_WORDS);
    }

    /** Ends every connection, too. */
    @Override
    public void close() {
        closed.set(true);
        endFollowers("the supervisor ends, or answers elsewhere from now on");
        entrance.close();
        synchronized (visits) {
            visits.forEach(Visit::end);
        }
        clock.shutdownNow();
        site.close();
    }

    @Override
    public String toString() {
        return spec.place().toString();
    }
}
