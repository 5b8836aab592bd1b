package dev.handover.chaos.load;

import java.util.Arrays;
import java.util.Locale;

/** What an attempt is. */
public enum Mode {
    /** One HTTP/1.1 request on a connection of its own, {@code Connection: close}; the server closes first. */
    HTTP,
    /** One line sent on a connection of its own, and read back; the client closes first. */
    LINE,
    /** Nothing is sent: the server says a line and closes. */
    BANNER,
    /** One request on one of a number of HTTP/1.1 connections that are kept alive. */
    KEEPALIVE,
    /** One connection that lives to its own end, sending a line now and then and reading it back. */
    LONG;

    /** @throws IllegalArgumentException if no mode has this name */
    public static Mode parse(String name) {
        return Arrays.stream(values())
                .filter(mode -> mode.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "a mode is http, line, banner, keepalive or long, not '" + name + "'"));
    }

    /** As written on the command line, such as {@code keepalive}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
