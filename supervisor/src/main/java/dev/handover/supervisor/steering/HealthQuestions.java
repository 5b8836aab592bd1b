package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.Door;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.linux.SocketState;
import dev.handover.supervisor.linux.TcpAddresses;
import dev.handover.supervisor.linux.Threads;
import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.HealthAnswer;
import dev.handover.supervisor.terms.HealthSpec;
import dev.handover.supervisor.terms.IpLiteral;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLException;

/** Asks workers for their health, each on a thread of its own, which is there until it has answered or its time is over. */
final class HealthQuestions {
    private static final ExecutorService THREADS = Threads.each("health", 0);
    private static final String AGENT = "handover-health";
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final SockDiag sockets;

    /** What came of one question, for people; empty if it was answered as expected. */
    private record Answer(Optional<String> failure) {}

    HealthQuestions(SockDiag sockets) {
        this.sockets = sockets;
    }

    /**
     * Asks one worker, through each of these doors in turn, until one is not answered as expected.
     *
     * @param answered told once, on some thread
     * @throws IOException if no thread is to be had
     */
    void ask(HealthSpec spec, List<Door> doors, BiConsumer<HealthAnswer, String> answered) throws IOException {
        try {
            THREADS.execute(() -> {
                Optional<String> failure = Optional.empty();
                for (int i = 0; i < doors.size() && failure.isEmpty(); i++) {
                    failure = ask(spec, doors.get(i)).failure();
                }
                answered.accept(
                        failure.isPresent() ? HealthAnswer.OTHERWISE : HealthAnswer.AS_EXPECTED, failure.orElse(""));
            });
        } catch (OutOfMemoryError noThread) {
            throw new IOException("no thread is to be had", noThread);
        }
    }

    private Answer ask(HealthSpec spec, Door door) {
        InetSocketAddress target = door.target();
        String asked = spec.question() + " at " + IpLiteral.format(target.getAddress()) + ":" + target.getPort();
        long deadline = System.nanoTime() + spec.timeout().toNanos();
        try (Socket socket = new Socket()) {
            DoorRequest request = new DoorRequest(door, deadline, socket);
            request.connect();
            return new Answer(ask(spec, request, socket).map(came -> asked + " " + came));
        } catch (SocketTimeoutException timeIsOver) {
            return new Answer(Optional.of(asked + " was not answered within " + Durations.text(spec.timeout())));
        } catch (SSLException e) {
            return new Answer(Optional.of(asked + " failed, TLS: " + Why.of(e)));
        } catch (IOException e) {
            return new Answer(Optional.of(asked + " failed: " + Why.of(e)));
        }
    }

    /** What came instead of what was expected. */
    private Optional<String> ask(HealthSpec spec, DoorRequest request, Socket socket) throws IOException {
        if (spec.question() instanceof HealthSpec.Http http) {
            return ask(http, request);
        } else if (spec.question() instanceof HealthSpec.Tls) {
            request.encrypt();
            return Optional.empty();
        }
        awaitAcceptance(request, socket);
        return Optional.empty();
    }

    private static Optional<String> ask(HealthSpec.Http http, DoorRequest request) throws IOException {
        if (http.tls()) {
            request.encrypt();
        }
        int status = request.get(http.path(), AGENT);
        try {
            request.readToEnd();
        } catch (IOException e) {
            // The status has come, which is what was asked for.
        }
        return status == http.expect()
                ? Optional.empty()
                : Optional.of("was answered with " + status + ", not " + http.expect());
    }

    /**
     * The kernel connects for a program that hangs, too. Accepted is what a process has open, or has closed: the kernel by
     * itself leaves what waits in a queue established.
     */
    private void awaitAcceptance(DoorRequest request, Socket socket) throws IOException {
        TcpAddresses worker = TcpAddresses.of((InetSocketAddress) socket.getRemoteSocketAddress(), (InetSocketAddress)
                socket.getLocalSocketAddress());
        while (true) {
            Optional<SockDiag.Presence> seen = sockets.at(worker);
            if (seen.isEmpty()) {
                throw new IOException("it was reset");
            }
            if (seen.get().held() || seen.get().state() != SocketState.ESTABLISHED) {
                return;
            }
            request.millisLeft();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
