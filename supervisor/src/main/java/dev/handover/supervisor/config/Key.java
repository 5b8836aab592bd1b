package dev.handover.supervisor.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Every key, with its type and its default. docs/configuration.md lists the same; a test holds the two together. */
enum Key {
    CONTROL(Table.SUPERVISOR, "path", "see below"),
    STATE(Table.SUPERVISOR, "path", "see below"),
    COMMAND(Table.SERVICE, "array of strings", "required"),
    DIRECTORY(Table.SERVICE, "path", "."),
    ENVIRONMENT(Table.SERVICE, "table of strings", "empty"),
    LISTEN(Table.SERVICE, "array of addresses", "empty"),
    WORKERS(Table.SERVICE, "integer", "1"),
    READY(Table.SERVICE, "string", "notify"),
    READY_TIMEOUT(Table.SERVICE, "duration", "30s"),
    DRAIN(Table.SERVICE, "string", "protocol"),
    STOP_SIGNAL(Table.SERVICE, "string", "SIGTERM"),
    HANDOVER(Table.SERVICE, "string", "steered"),
    QUIESCE_TIMEOUT(Table.SERVICE, "duration", "10s"),
    DRAIN_TIMEOUT(Table.SERVICE, "duration", "60s"),
    KILL_GRACE(Table.SERVICE, "duration", "5s"),
    HEARTBEAT_TIMEOUT(Table.SERVICE, "duration", "off");

    /** The tables that have fixed keys. */
    enum Table {
        SUPERVISOR("[supervisor]"),
        SERVICE("[services.NAME]");

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

        /** As a file writes it. */
        String header() {
            return header;
        }
    }

    private final Table table;
    private final String type;
    private final String defaultText;

    Key(Table table, String type, String defaultText) {
        this.table = table;
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
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
