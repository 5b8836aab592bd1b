package dev.handover.chaos.load;

/** How an attempt ended: each attempt ends in exactly one of these. */
public enum Outcome {
    /** The whole reply came. */
    OK("ok", "ok"),
    /** Nobody listened (ECONNREFUSED). */
    REFUSED("refused", "refused"),
    /**
     * The connection was established and reset before the client had seen that it was: on loopback the end of what sat
     * in a listener's accept queue. Over a link the client has seen it, and the same loss is {@link
     * #RESET_BEFORE_REPLY}.
     */
    RESET_WHILE_CONNECTING("reset-while-connecting", "reset while connecting"),
    /** Reset (ECONNRESET, EPIPE) with no byte of the reply received. */
    RESET_BEFORE_REPLY("reset-before-reply", "reset before the reply"),
    /** Reset with a part of the reply received. */
    RESET_IN_REPLY("reset-in-reply", "reset in the reply"),
    /** Closed in order, with no byte of the reply received. */
    CLOSED_WITHOUT_REPLY("closed-without-reply", "closed without a reply"),
    /** Closed in order, with a part of the reply received. */
    SHORT_REPLY("short-reply", "short reply"),
    /** Not connected in time. */
    CONNECT_TIMEOUT("connect-timeout", "connect timeout"),
    /** Connected, and the reply was not whole in time. */
    REPLY_TIMEOUT("reply-timeout", "reply timeout"),
    /**
     * The client's own failure: no free port, no free descriptor, no route. It says nothing about the server, and the
     * run is not to be trusted.
     */
    CLIENT_ERROR("client-error", "client error");

    private final String id;
    private final String title;

    Outcome(String id, String title) {
        this.id = id;
        this.title = title;
    }

    /** The name for people, such as {@code reset before the reply}. */
    public String title() {
        return title;
    }

    /** Whether the server, or the way to it, lost this attempt. */
    public boolean isDropped() {
        return this != OK && this != CLIENT_ERROR;
    }

    /** The name in JSON, such as {@code reset-before-reply}. */
    @Override
    public String toString() {
        return id;
    }
}
