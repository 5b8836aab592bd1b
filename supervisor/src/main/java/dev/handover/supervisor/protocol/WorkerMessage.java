package dev.handover.supervisor.protocol;

import java.util.regex.Pattern;

/**
 * One message of the worker protocol, {@code KEY=VALUE}.
 *
 * @param key 1 to 32 of {@code A-Z}, {@code 0-9} and {@code _}
 * @param value without a newline
 */
record WorkerMessage(String key, String value) {
    /** The longest line, its newline included, in bytes. */
    static final int LONGEST = 4096;

    private static final Pattern KEY = Pattern.compile("[A-Z0-9_]{1,32}");

    WorkerMessage {
        if (!KEY.matcher(key).matches() || value.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("not a message: " + key + "=" + value);
        }
    }

    /** @throws BadMessage if it is not {@code KEY=VALUE} */
    static WorkerMessage parse(String line) throws BadMessage {
        int equals = line.indexOf('=');
        if (equals < 0 || !KEY.matcher(line.substring(0, equals)).matches()) {
            throw new BadMessage("expected KEY=VALUE, the key of A-Z, 0-9 and _");
        }
        return new WorkerMessage(line.substring(0, equals), line.substring(equals + 1));
    }

    /** @throws BadMessage if the value is not a number, or is negative, or so large that a sum of some might overflow */
    long count() throws BadMessage {
        try {
            int count = Integer.parseInt(value);
            if (count >= 0) {
                return count;
            }
        } catch (NumberFormatException notANumber) {
            // answered below
        }
        throw new BadMessage(key + ": expected a number, 0 to " + Integer.MAX_VALUE);
    }

    /** What the peer gets wrong, in words for the peer. */
    static final class BadMessage extends Exception {
        private static final long serialVersionUID = 1;

        BadMessage(String message) {
            super(message);
        }
    }

    @Override
    public String toString() {
        return key + "=" + value;
    }
}
