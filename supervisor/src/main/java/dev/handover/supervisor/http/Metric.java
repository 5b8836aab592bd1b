package dev.handover.supervisor.http;

import java.util.Locale;

/** Each metric, with its type and its meaning. docs/metrics.md lists the same; a test holds the two together. */
enum Metric {
    HANDOVER_BUILD_INFO(Type.INFO, "the supervisor that runs"),
    HANDOVER_CONFIGURATION_VALID(Type.GAUGE, "1 if a reload could use the configuration file as it is now, else 0"),
    HANDOVER_CONFIGURATION_DIFFERENCES(
            Type.GAUGE,
            "services in which the configuration file differs from what runs; absent where it can't be used"),
    HANDOVER_SERVICE_UP(Type.GAUGE, "1 if a generation serves, with at least one worker that accepts, else 0"),
    HANDOVER_SERVICE_STATE(Type.GAUGE, "1 for the state that the service is in, 0 for each other one"),
    HANDOVER_SERVING_GENERATION(Type.GAUGE, "the number of the generation that serves; absent where none does"),
    HANDOVER_STEERING_MODE(Type.GAUGE, "1 for how new connections are moved at a handover, 0 for each other way"),
    HANDOVER_CANARY_SHARE_RATIO(
            Type.GAUGE, "which part of the clients that are not listed a canary gets; 0 where there is none"),
    HANDOVER_WORKERS_WANTED(Type.GAUGE, "workers that the generation that serves is to have"),
    HANDOVER_WORKERS_READY(Type.GAUGE, "those of them that are ready"),
    HANDOVER_WORKERS_UNHEALTHY(Type.GAUGE, "those of them that are known to be unhealthy"),
    HANDOVER_GENERATION_STATE(Type.GAUGE, "1 for each generation that there is, with its state"),
    HANDOVER_GENERATION_WORKERS(Type.GAUGE, "processes of the generation that run"),
    HANDOVER_GENERATION_CONNECTIONS(
            Type.GAUGE, "open connections, as its workers last said; absent where they do not say"),
    HANDOVER_GENERATION_CPU_SECONDS_TOTAL(Type.COUNTER, "time of CPUs that its processes have had; with cgroups"),
    HANDOVER_GENERATION_MEMORY_BYTES(Type.GAUGE, "memory of its processes; with cgroups that count it"),
    HANDOVER_GENERATION_TASKS(Type.GAUGE, "its processes and their threads; with cgroups"),
    HANDOVER_GENERATION_OOM_KILLS_TOTAL(Type.COUNTER, "its processes that the kernel has killed for want of memory"),
    HANDOVER_CONNECTIONS(Type.GAUGE, "open connections that a process has accepted at the address, whoever it is"),
    HANDOVER_ACCEPT_QUEUE_LENGTH(Type.GAUGE, "connections that wait to be accepted, in all listeners that are held"),
    HANDOVER_RECEIVE_QUEUE_BYTES(
            Type.GAUGE, "memory of datagrams that wait to be read, in all listeners that are held"),
    HANDOVER_QUEUE_DROPS_TOTAL(
            Type.COUNTER, "packets that the listeners have dropped while held, of full queues above all"),
    HANDOVER_STRANGERS(Type.GAUGE, "sockets in the group that are no worker's, and get nothing"),
    HANDOVER_RIVALS(Type.GAUGE, "sockets of other processes that get clients before the group does"),
    HANDOVER_LAST_RELOAD_TIMESTAMP_SECONDS(Type.GAUGE, "when the last reload ended, in seconds since 1970"),
    HANDOVER_LAST_RELOAD_SUCCESS(Type.GAUGE, "1 if the last reload came to its end, else 0"),
    HANDOVER_RELOADS_TOTAL(Type.COUNTER, "reloads, by how they ended"),
    HANDOVER_HANDOVERS_TOTAL(
            Type.COUNTER, "handovers that had something to hand over, by the verdict of their ledgers"),
    HANDOVER_ROLLBACKS_TOTAL(Type.COUNTER, "times that new connections were moved back"),
    HANDOVER_RELOAD_DURATION_SECONDS(Type.SUMMARY, "how long reloads took that began, with the drain"),
    HANDOVER_FLIP_DURATION_SECONDS(Type.SUMMARY, "how long it took to move new connections"),
    HANDOVER_DRAINED_CONNECTIONS_TOTAL(
            Type.COUNTER, "connections that workers held when they were told to drain, by what became of them"),
    HANDOVER_CONNECTIONS_LEFT_AT_RELEASE_TOTAL(
            Type.COUNTER, "connections that nobody had accepted when their listener was released: lost"),
    HANDOVER_WORKER_EXITS_TOTAL(Type.COUNTER, "ends of workers' processes, by where the worker stood"),
    HANDOVER_WORKER_RESTARTS_TOTAL(Type.COUNTER, "times that a worker was started again"),
    HANDOVER_WORKER_UNHEALTHY_TOTAL(Type.COUNTER, "times that a worker was found unhealthy that had not been before"),
    PROCESS_CPU_SECONDS_TOTAL(Type.COUNTER, "time of CPUs that the supervisor's own process has had"),
    PROCESS_RESIDENT_MEMORY_BYTES(Type.GAUGE, "memory of the supervisor's own process"),
    PROCESS_OPEN_FDS(Type.GAUGE, "descriptors that the supervisor has open"),
    PROCESS_MAX_FDS(Type.GAUGE, "the most that it may have open"),
    PROCESS_THREADS(Type.GAUGE, "threads of the supervisor"),
    PROCESS_START_TIME_SECONDS(Type.GAUGE, "when the supervisor's process was started, in seconds since 1970");

    enum Type {
        GAUGE(""),
        COUNTER("_total"),
        SUMMARY(""),
        INFO("_info");

        private final String suffix;

        Type(String suffix) {
            this.suffix = suffix;
        }
    }

    private final Type type;
    private final String help;

    Metric(Type type, String help) {
        this.type = type;
        this.help = help;
    }

    Type type() {
        return type;
    }

    String help() {
        return help;
    }

    /** As it is read. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Without what its type adds. */
    String base() {
        String text = text();
        return text.substring(0, text.length() - type.suffix.length());
    }
}
