package dev.handover.supervisor.terms;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one generation of a service is started from: its section of the configuration, checked.
 *
 * @param command the program and its arguments; not empty. {@code ${HANDOVER_…}} is replaced per worker.
 * @param directory the workers' working directory, absolute
 * @param environment added to the supervisor's own environment; values may hold {@code ${HANDOVER_…}}
 * @param listen the declared listeners; may be empty for a program without any
 * @param workers how many workers, at least 1
 * @param readyTimeout from a worker's start to its being ready
 * @param handover how connections are moved at a reload
 * @param quiesceTimeout how long the old generation's handshakes and accept queues may take to run empty
 * @param stopSignal ends a worker: one that is not to serve, that did not drain in time, or that is idle and can't drain
 * @param drainTimeout from the order to drain to the stop signal
 * @param killGrace from the stop signal to KILL
 * @param heartbeatTimeout the longest silence of a ready worker; a worker silent for longer is ended and restarted
 */
public record ServiceSpec(
        ServiceName name,
        List<String> command,
        Path directory,
        Map<String, String> environment,
        List<ListenAddress> listen,
        int workers,
        ReadyWhen ready,
        Duration readyTimeout,
        DrainBy drain,
        Signal stopSignal,
        Moving handover,
        Duration quiesceTimeout,
        Duration drainTimeout,
        Duration killGrace,
        Optional<Duration> heartbeatTimeout) {

    public ServiceSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        listen = List.copyOf(listen);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("a command has at least one word");
        }
        if (!directory.isAbsolute()) {
            throw new IllegalArgumentException("the directory must be absolute, not " + directory);
        }
        if (workers < 1) {
            throw new IllegalArgumentException("a service has at least 1 worker, not " + workers);
        }
        requirePositive("ready-timeout", readyTimeout);
        requirePositive("quiesce-timeout", quiesceTimeout);
        requirePositive("drain-timeout", drainTimeout);
        requirePositive("kill-grace", killGrace);
        heartbeatTimeout.ifPresent(timeout -> requirePositive("heartbeat-timeout", timeout));
    }

    private static void requirePositive(String what, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(what + " must be longer than 0, not " + duration);
        }
    }
}
