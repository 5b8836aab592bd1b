package dev.handover.supervisor.terms;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one generation of a service is started from: its section of the configuration, checked.
 *
 * @param autostart whether it is started with the supervisor, or by a reload that brings it
 * @param after the services that run before it is started first, and are stopped when it has, where all are
 * @param command the program and its arguments; not empty. {@code ${NAME}} is replaced as a worker is started.
 * @param directory the workers' working directory, absolute
 * @param environmentFiles added to the supervisor's own environment, each over those before it
 * @param environment added to these; values may hold {@code ${NAME}}
 * @param settings of the workers' processes
 * @param listen the declared listeners; may be empty for a program without any
 * @param reuseport who sets SO_REUSEPORT on the listeners
 * @param workers how many workers, at least 1
 * @param readyTimeout from a worker's start to its being ready
 * @param handover how connections are moved at a reload
 * @param quiesceTimeout how long the old generation's handshakes and accept queues may take to run empty
 * @param stopSignal ends a worker: one that is not to serve, that did not drain in time, or that is idle and can't drain
 * @param signalsTo whom the stop signal is sent to, and that to drain by if there is one
 * @param standby how long the generation before this one stays warm after the flip, to be gone back to; empty if it
 *     drains at once
 * @param canary how a new generation is tried on some clients before all are moved to it; empty if it is not
 * @param maxGenerations how many of its generations may be alive at once, those that drain included; a reload that would be one too
 *     many waits, or is refused
 * @param drainSpread in what time the workers of an old generation that hold connections are told to drain, one after another; empty
 *     if all are at once
 * @param drainTimeout from the order to drain to the stop signal
 * @param killGrace from the stop signal to KILL
 * @param heartbeatTimeout the longest silence of a ready worker; a worker silent for longer is ended and restarted
 * @param warmUp what a new generation is sent before new connections are moved to it
 * @param health what workers are asked, before new connections are moved to them and while they serve
 * @param restart what follows when a worker ends by itself
 * @param quic how the connections behind its UDP listeners are told apart, where those speak QUIC
 * @param beforeStart what is run before the workers of a generation are started
 * @param afterFlip what is run once new connections go to a generation
 */
public record ServiceSpec(
        ServiceName name,
        boolean autostart,
        List<ServiceName> after,
        List<String> command,
        Path directory,
        List<EnvironmentFile> environmentFiles,
        Map<String, String> environment,
        ProcessSettings settings,
        List<ListenAddress> listen,
        ReuseportBy reuseport,
        int workers,
        ReadyWhen ready,
        Duration readyTimeout,
        DrainBy drain,
        Signal stopSignal,
        SignalsTo signalsTo,
        Moving handover,
        Duration quiesceTimeout,
        Optional<Duration> standby,
        Optional<CanarySpec> canary,
        int maxGenerations,
        Optional<Duration> drainSpread,
        Duration drainTimeout,
        Duration killGrace,
        Optional<Duration> heartbeatTimeout,
        Optional<WarmUpSpec> warmUp,
        Optional<HealthSpec> health,
        RestartSpec restart,
        Optional<QuicSpec> quic,
        Optional<OneShot> beforeStart,
        Optional<OneShot> afterFlip) {
    public static final int MOST_WORKERS = 1024;

    /** The one that serves, and the one that is to serve or that leaves: no handover takes fewer. */
    public static final int FEWEST_GENERATIONS = 2;

    public static final int MOST_GENERATIONS = 32;

    public ServiceSpec {
        after = List.copyOf(after);
        command = List.copyOf(command);
        environmentFiles = List.copyOf(environmentFiles);
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
        if (maxGenerations < FEWEST_GENERATIONS || maxGenerations > MOST_GENERATIONS) {
            throw new IllegalArgumentException("a service has at most " + FEWEST_GENERATIONS + " to " + MOST_GENERATIONS
                    + " generations at once, not " + maxGenerations);
        }
        requirePositive("ready-timeout", readyTimeout);
        requirePositive("quiesce-timeout", quiesceTimeout);
        standby.ifPresent(time -> requirePositive("standby", time));
        drainSpread.ifPresent(time -> requirePositive("drain-spread", time));
        requirePositive("drain-timeout", drainTimeout);
        requirePositive("kill-grace", killGrace);
        heartbeatTimeout.ifPresent(timeout -> requirePositive("heartbeat-timeout", timeout));
    }

    /** The same with another number of workers. */
    public ServiceSpec withWorkers(int number) {
        return new ServiceSpec(
                name,
                autostart,
                after,
                command,
                directory,
                environmentFiles,
                environment,
                settings,
                listen,
                reuseport,
                number,
                ready,
                readyTimeout,
                drain,
                stopSignal,
                signalsTo,
                handover,
                quiesceTimeout,
                standby,
                canary,
                maxGenerations,
                drainSpread,
                drainTimeout,
                killGrace,
                heartbeatTimeout,
                warmUp,
                health,
                restart,
                quic,
                beforeStart,
                afterFlip);
    }

    /** The same for a command of it that is no worker: nothing is listened to, or heard of it. */
    public ServiceSpec running(OneShot oneShot) {
        return new ServiceSpec(
                name,
                autostart,
                after,
                oneShot.command(),
                directory,
                environmentFiles,
                environment,
                settings,
                List.of(),
                ReuseportBy.PROGRAM,
                workers,
                ReadyWhen.NOTIFIED,
                readyTimeout,
                drain,
                stopSignal,
                signalsTo,
                handover,
                quiesceTimeout,
                Optional.empty(),
                Optional.empty(),
                FEWEST_GENERATIONS,
                Optional.empty(),
                drainTimeout,
                killGrace,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                restart,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** The variables of its files. */
    public Map<String, String> fromFiles() {
        Map<String, String> all = new HashMap<>();
        environmentFiles.forEach(file -> all.putAll(file.variables()));
        return all;
    }

    private static void requirePositive(String what, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(what + " must be longer than 0, not " + duration);
        }
    }
}
