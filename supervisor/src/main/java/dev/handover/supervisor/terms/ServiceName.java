package dev.handover.supervisor.terms;

import java.util.regex.Pattern;

/** A service's name: 1 to 64 letters, digits, '-', '_' or '.', the first a letter or a digit. It names files too. */
public record ServiceName(String value) implements Comparable<ServiceName> {
    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

    public ServiceName {
        if (!VALID.matcher(value).matches()) {
            throw new IllegalArgumentException("a service's name is 1 to 64 letters, digits, '-', '_' or '.', the first"
                    + " a letter or a digit, not '" + value + "'");
        }
    }

    @Override
    public int compareTo(ServiceName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
