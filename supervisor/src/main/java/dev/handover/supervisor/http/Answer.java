package dev.handover.supervisor.http;

import java.nio.charset.StandardCharsets;

/** What is answered to one request. */
@SuppressWarnings("ArrayRecordComponent") // no two are compared, and what the library takes is bytes
record Answer(int status, String type, byte[] body) {
    static Answer text(int status, String text) {
        return new Answer(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    static Answer json(String text) {
        return new Answer(200, "application/json", text.getBytes(StandardCharsets.UTF_8));
    }
}
