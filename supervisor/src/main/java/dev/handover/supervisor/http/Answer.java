package dev.handover.supervisor.http;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What is answered to one request.
 *
 * @param follows what comes after the body, as it happens; empty where that is all
 */
@SuppressWarnings("ArrayRecordComponent") // no two are compared, and what the library takes is bytes
record Answer(int status, String type, byte[] body, Optional<Following> follows) {
    Answer(int status, String type, byte[] body) {
        this(status, type, body, Optional.empty());
    }

    static Answer text(int status, String text) {
        return new Answer(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    static Answer json(String text) {
        return new Answer(200, "application/json", text.getBytes(StandardCharsets.UTF_8));
    }
}
