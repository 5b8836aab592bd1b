package dev.handover.e2e;

import dev.handover.e2e.Callers.Exchange;
import java.util.Collections;
import java.util.List;

/** What clients of well-known protocols say on one connection, and hear. */
final class Conversations {
    private static final int ASKED_IN_A_SESSION = 20;

    private Conversations() {}

    /** One request. */
    static List<Exchange> http(String end) {
        return List.of(new Exchange("GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n", end));
    }

    /** Asked again and again on one connection. */
    static List<Exchange> session(String ask, String answer) {
        return Collections.nCopies(ASKED_IN_A_SESSION, new Exchange(ask, answer));
    }

    /** A CONNECT with a keep-alive of a minute and no client identifier, and a ping. */
    static List<Exchange> mqtt() {
        return List.of(
                new Exchange("\020\014\000\004MQTT\004\002\000\074\000\000", "\040\002\000\000"),
                new Exchange("\300\000", "\320\000"));
    }

    /** Questions for the address of "hello", which is to be 192.0.2.1; each behind its length, as over TCP. */
    static List<Exchange> dns() {
        String header = "\000\001\001\000\000\001\000\000\000\000\000\000";
        String question = "\005hello\000\000\001\000\001";
        return session("\000\027" + header + question, "\300\000\002\001");
    }

    /** A log-in of the user "hello" to the database "hello" that takes no password, and a query. */
    static List<Exchange> postgres() {
        String readyForQuery = "Z\000\000\000\005I";
        return List.of(
                new Exchange(
                        "\000\000\000\043\000\003\000\000user\000hello\000database\000hello\000\000", readyForQuery),
                new Exchange("Q\000\000\000\015SELECT 1\000", readyForQuery));
    }
}
