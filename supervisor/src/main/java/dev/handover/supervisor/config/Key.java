package dev.handover.supervisor.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Every key, with its type and its default. docs/configuration.md lists the same; a test holds the two together. */
enum Key {
    CONTROL(Table.SUPERVISOR, "path", "see below"),
    STATE(Table.SUPERVISOR, "path", "see below"),
    MONITOR_GROUP(Table.SUPERVISOR, "string", "off"),
    INCLUDE(Table.SUPERVISOR, "array of patterns", "empty"),
    COMMAND(Table.SERVICE, "array of strings", "required"),
    DIRECTORY(Table.SERVICE, "path", "."),
    ENVIRONMENT_FILE(Table.SERVICE, "path, or array of paths", "empty"),
    ENVIRONMENT(Table.SERVICE, "table of strings", "empty"),
    USER(Table.SERVICE, "string", "inherited"),
    GROUP(Table.SERVICE, "string", "see below"),
    UMASK(Table.SERVICE, "string", "inherited"),
    NICE(Table.SERVICE, "integer", "inherited"),
    START_SHARE(Table.SERVICE, "string", "low"),
    LIMITS(Table.SERVICE, "table of limits", "inherited"),
    LOG(Table.SERVICE, "table", "off"),
    AUTOSTART(Table.SERVICE, "boolean", "true"),
    AFTER(Table.SERVICE, "array of names", "empty"),
    LISTEN(Table.SERVICE, "array of addresses", "empty"),
    REUSEPORT(Table.SERVICE, "string", "program"),
    WORKERS(Table.SERVICE, "integer", "1"),
    READY(Table.SERVICE, "string", "notify"),
    READY_TIMEOUT(Table.SERVICE, "duration", "30s"),
    DRAIN(Table.SERVICE, "string", "protocol"),
    STOP_SIGNAL(Table.SERVICE, "string", "SIGTERM"),
    SIGNALS_TO(Table.SERVICE, "string", "main"),
    HANDOVER(Table.SERVICE, "string", "steered"),
    QUIESCE_TIMEOUT(Table.SERVICE, "duration", "10s"),
    STANDBY(Table.SERVICE, "duration", "off"),
    CANARY(Table.SERVICE, "table", "off"),
    MAX_GENERATIONS(Table.SERVICE, "integer", "2"),
    DRAIN_SPREAD(Table.SERVICE, "duration", "off"),
    DRAIN_TIMEOUT(Table.SERVICE, "duration", "60s"),
    KILL_GRACE(Table.SERVICE, "duration", "5s"),
    HEARTBEAT_TIMEOUT(Table.SERVICE, "duration", "off"),
    WARM_UP(Table.SERVICE, "table", "off"),
    HEALTH(Table.SERVICE, "table", "off"),
    RESTART(Table.SERVICE, "table", "see below"),
    QUIC(Table.SERVICE, "table", "off"),
    BEFORE_START(Table.SERVICE, "array of strings", "off"),
    BEFORE_START_TIMEOUT(Table.SERVICE, "duration", "60s"),
    AFTER_FLIP(Table.SERVICE, "array of strings", "off"),
    AFTER_FLIP_TIMEOUT(Table.SERVICE, "duration", "60s"),
    HTTP(Table.WARM_UP, "string", "see below"),
    HTTPS(Table.WARM_UP, "string", "see below"),
    REQUESTS(Table.WARM_UP, "integer", "500"),
    CONCURRENCY(Table.WARM_UP, "integer", "4"),
    TIMEOUT(Table.WARM_UP, "duration", "20s"),
    HEALTH_HTTP(Table.HEALTH, "http", "string", "see below"),
    HEALTH_HTTPS(Table.HEALTH, "https", "string", "see below"),
    TCP(Table.HEALTH, "boolean", "see below"),
    TLS(Table.HEALTH, "boolean", "see below"),
    HEALTH_COMMAND(Table.HEALTH, "command", "array of strings", "see below"),
    EXPECT(Table.HEALTH, "integer", "200"),
    INTERVAL(Table.HEALTH, "duration", "5s"),
    HEALTH_TIMEOUT(Table.HEALTH, "timeout", "duration", "1s"),
    FAILURES(Table.HEALTH, "integer", "3"),
    UNHEALTHY(Table.HEALTH, "string", "steer-away"),
    CLIENTS(Table.CANARY, "array of ranges", "empty"),
    STEPS(Table.CANARY, "array of percentages", "see below"),
    STEP(Table.CANARY, "duration", "30s"),
    END(Table.CANARY, "string", "promote"),
    JUDGE(Table.CANARY, "boolean", "true"),
    METRIC(Table.CANARY, "table", "off"),
    METRIC_COMMAND(Table.METRIC, "command", "array of strings", "required"),
    METRIC_INTERVAL(Table.METRIC, "interval", "duration", "10s"),
    METRIC_TIMEOUT(Table.METRIC, "timeout", "duration", "5s"),
    METRIC_FAILURES(Table.METRIC, "failures", "integer", "2"),
    FILE(Table.LOG, "path", "required"),
    SIZE(Table.LOG, "size", "10MiB"),
    KEEP(Table.LOG, "integer", "5"),
    PREFIX(Table.LOG, "boolean", "false"),
    STDERR(Table.LOG, "boolean", "false"),
    EXPECTED_EXITS(Table.RESTART, "array of integers", "empty"),
    MOST(Table.RESTART, "integer", "off"),
    WITHIN(Table.RESTART, "duration", "1m"),
    TAG_OFFSET(Table.QUIC, "integer", "0"),
    QUIET(Table.QUIC, "duration", "30s"),
    HTTP_LISTEN(Table.HTTP, "listen", "address", "required"),
    HTTP_REACH(Table.HTTP, "reach", "string", "machine"),
    HTTP_HOSTS(Table.HTTP, "hosts", "array of names", "empty"),
    NOTIFY_COMMAND(Table.NOTIFY, "command", "array of strings", "see below"),
    NOTIFY_URL(Table.NOTIFY, "url", "string", "see below"),
    NOTIFY_ON(Table.NOTIFY, "on", "array of events", "see below"),
    NOTIFY_SERVICES(Table.NOTIFY, "services", "array of names", "empty"),
    NOTIFY_TIMEOUT(Table.NOTIFY, "timeout", "duration", "10s");

    /** The tables that have fixed keys. */
    enum Table {
        SUPERVISOR("[supervisor]"),
        SERVICE("[services.NAME]"),
        WARM_UP("warm-up"),
        HEALTH("health"),
        CANARY("canary"),
        METRIC("metric"),
        LOG("log"),
        RESTART("restart"),
        QUIC("quic"),
        HTTP("[http]"),
        NOTIFY("[notify.NAME]");

        private final String header;

        Table(String header) {
            this.header = header;
        }

        List<String> keys() {
            return Arrays.stream(Key.values())
                    .filter(key -> key.table == this)
                    .map(Key::text)
                    .toList();
        }

        String expected() {
            return "one of " + String.join(", ", keys());
        }

        /** As a file writes it; of an inline table its key. */
        String header() {
            return header;
        }
    }

    private final Table table;
    private final String text;
    private final String type;
    private final String defaultText;

    Key(Table table, String type, String defaultText) {
        this(table, "", type, defaultText);
    }

    /** @param text as a file writes it, where another table has a key that is written the same; else empty */
    Key(Table table, String text, String type, String defaultText) {
        this.table = table;
        this.text = text.isEmpty() ? name().toLowerCase(Locale.ROOT).replace('_', '-') : text;
        this.type = type;
        this.defaultText = defaultText;
    }

    /** The table that has such a key. */
    static Optional<Table> tableOf(String text) {
        return Arrays.stream(values())
                .filter(key -> key.text().equals(text))
                .map(Key::table)
                .findFirst();
    }

    Table table() {
        return table;
    }

    String type() {
        return type;
    }

    /** The value that an absent key stands for, or a word for what happens then. */
    String defaultText() {
        return defaultText;
    }

    /** The key as a file writes it. */
    String text() {
        return text;
    }
}
