package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.Door;
import dev.handover.supervisor.linux.Errands;
import dev.handover.supervisor.linux.LinuxException;
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
import java.net.SocketTimeoutException;
import java.time.Duration;
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

    private final Kernel kernel;

    /** What came of one question, and what there is to say of it. */
    private record Answer(HealthAnswer is, String text) {
        private static final Answer AS_EXPECTED = new Answer(HealthAnswer.AS_EXPECTED, "");

        private static Answer otherwise(String text) {
            return new Answer(HealthAnswer.OTHERWISE, text);
        }
    }

    /** Runs a command about one worker. */
    interface Command {
        /**
         * Returns when it has ended, or is killed.
         *
         * @param address by which it reaches the worker
         * @param limit from its start to its end
         */
        Errands.Ended run(HealthSpec.Command question, String address, Duration limit) throws IOException;
    }

    HealthQuestions(Kernel kernel) {
        this.kernel = kernel;
    }

    /**
     * Asks one worker, through each of these doors in turn, until one is not answered as expected, or the time that all of them
     * have together is over.
     *
     * @param command runs a command about it, with variables and within a time
     * @param answered told once, on some thread
     * @throws IOException if no thread is to be had
     */
    void ask(HealthSpec spec, List<Door> doors, Command command, BiConsumer<HealthAnswer, String> answered)
            throws IOException {
        try {
            THREADS.execute(() -> {
                Answer answer = ask(spec, doors, command);
                answered.accept(answer.is(), answer.text());
            });
        } catch (OutOfMemoryError noThread) {
            throw new IOException("no thread is to be had", noThread);
        }
    }

    private Answer ask(HealthSpec spec, List<Door> doors, Command command) {
        long deadline = System.nanoTime() + spec.timeout().toNanos();
        return doors.stream()
                .map(door -> spec.question() instanceof HealthSpec.Command question
                        ? run(question, spec, door, deadline, command)
                        : ask(spec, door, deadline))
                .filter(answer -> answer.is() != HealthAnswer.AS_EXPECTED)
                .findFirst()
                .orElse(Answer.AS_EXPECTED);
    }

    private static Answer run(HealthSpec.Command question, HealthSpec spec, Door door, long deadline, Command command) {
        String asked = asked(spec, door);
        Duration left = Duration.ofNanos(deadline - System.nanoTime());
        if (left.isNegative() || left.isZero()) {
            return Answer.otherwise(asked + " has no time left of " + Durations.text(spec.timeout()));
        }
        try (DoorRelay relay = new DoorRelay(door, deadline, THREADS)) {
            Errands.Ended ended = command.run(question, relay.address(), left).outOf(spec.timeout());
            if (ended.isDone()) {
                return Answer.AS_EXPECTED;
            }
            String text = asked + " " + ended;
            return relay.fault()
                    .map(why -> new Answer(HealthAnswer.NOT_ASKED, text + ", and was not led there: " + Why.of(why)))
                    .orElseGet(() -> Answer.otherwise(text));
        } catch (IOException e) {
            return new Answer(HealthAnswer.NOT_ASKED, asked + " could not be run: " + Why.of(e));
        }
    }

    private static String asked(HealthSpec spec, Door door) {
        InetSocketAddress target = door.target();
        return spec.question() + " at " + IpLiteral.format(target.getAddress()) + ":" + target.getPort();
    }

    private Answer ask(HealthSpec spec, Door door, long deadline) {
        String asked = asked(spec, door);
        try (DeadlineSocket socket = new DeadlineSocket(deadline)) {
            DoorRequest request = new DoorRequest(door, socket);
            request.connect();
            return ask(spec, request, socket)
                    .map(came -> Answer.otherwise(asked + " " + came))
                    .orElse(Answer.AS_EXPECTED);
        } catch (DoorRequest.NotSent | LinuxException e) {
            return new Answer(HealthAnswer.NOT_ASKED, asked + " could not be asked for: " + Why.of(e));
        } catch (SocketTimeoutException timeIsOver) {
            return Answer.otherwise(asked + " was not answered within " + Durations.text(spec.timeout()));
        } catch (SSLException e) {
            return Answer.otherwise(asked + " failed, TLS: " + Why.of(e));
        } catch (IOException e) {
            return Answer.otherwise(asked + " failed: " + Why.of(e));
        }
    }

    /** What came instead of what was expected. */
    private Optional<String> ask(HealthSpec spec, DoorRequest request, DeadlineSocket socket) throws IOException {
        if (spec.question() instanceof HealthSpec.Http http) {
            return ask(http, request);
        } else if (spec.question() instanceof HealthSpec.Tls) {
            request.encrypt();
            return Optional.empty();
        }
        awaitAcceptance(socket);
        return Optional.empty();
    }

    private static Optional<String> ask(HealthSpec.Http http, DoorRequest request) throws IOException {
        if (http.tls()) {
            request.encrypt();
        }
        int status = request.get(http.path(), AGENT);
        return status == http.expect()
                ? Optional.empty()
                : Optional.of("was answered with " + status + ", not " + http.expect());
    }

    /**
     * The kernel connects for a program that hangs, too. Accepted is what a process has open, or has closed: the kernel by
     * itself leaves what waits in a queue established.
     */
    private void awaitAcceptance(DeadlineSocket socket) throws IOException {
        TcpAddresses worker = TcpAddresses.of((InetSocketAddress) socket.getRemoteSocketAddress(), (InetSocketAddress)
                socket.getLocalSocketAddress());
        while (true) {
            Optional<SockDiag.Presence> seen = kernel.at(worker);
            if (seen.isEmpty()) {
                throw new IOException("it was reset");
            }
            if (seen.get().held() || seen.get().state() != SocketState.ESTABLISHED) {
                return;
            }
            socket.millisLeft();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
