package dev.handover.chaos.load;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.util.Locale;

/** Tells an attempt's outcome from the exception that ended it: the JDK gives the errno as a type and a message only. */
final class Failure {
    private Failure() {}

    /** For an exception of {@code connect} or {@code finishConnect}. */
    static Outcome whileConnecting(IOException e) {
        if (e instanceof BindException || e instanceof NoRouteToHostException) {
            return Outcome.CLIENT_ERROR;
        }
        if (e instanceof ConnectException) {
            return message(e).contains("timed out") ? Outcome.CONNECT_TIMEOUT : Outcome.REFUSED;
        }
        return isReset(e) ? Outcome.RESET_WHILE_CONNECTING : Outcome.CLIENT_ERROR;
    }

    /** For an exception of {@code read} or {@code write}. */
    static Outcome whileTalking(IOException e, boolean replyStarted) {
        if (isReset(e)) {
            return replyStarted ? Outcome.RESET_IN_REPLY : Outcome.RESET_BEFORE_REPLY;
        }
        return message(e).contains("timed out") ? Outcome.REPLY_TIMEOUT : Outcome.CLIENT_ERROR;
    }

    private static boolean isReset(IOException e) {
        // EPIPE is a reset too: one that met a connection which the server had already closed its half of.
        return message(e).contains("reset") || message(e).contains("broken pipe");
    }

    private static String message(IOException e) {
        return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    }
}
