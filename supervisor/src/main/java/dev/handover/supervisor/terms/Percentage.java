package dev.handover.supervisor.terms;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many of some, as {@code 10%} or {@code 0.5%}.
 *
 * @param hundredths of a percent, 0 to {@value #ALL}
 */
public record Percentage(int hundredths) implements Comparable<Percentage> {
    public static final int ALL = 10_000;
    public static final Percentage ZERO = new Percentage(0);

    private static final Pattern FORM = Pattern.compile("(?<number>\\d{1,3}(\\.\\d{1,2})?)%");

    public Percentage {
        if (hundredths < 0 || hundredths > ALL) {
            throw new IllegalArgumentException("a percentage is 0% to 100%, not " + hundredths + " hundredths of one");
        }
    }

    /**
     * Reads what {@link #toString} writes, and zeros at the end of a fraction too.
     *
     * @throws IllegalArgumentException if the text is anything else; the message says what was expected
     */
    public static Percentage parse(String text) {
        Matcher number = FORM.matcher(text);
        if (!number.matches()) {
            throw new IllegalArgumentException("expected a percentage such as 10% or 0.5%, not '" + text + "'");
        }
        int hundredths =
                new BigDecimal(number.group("number")).movePointRight(2).intValueExact();
        if (hundredths > ALL) {
            throw new IllegalArgumentException("a percentage is 0% to 100%, not '" + text + "'");
        }
        return new Percentage(hundredths);
    }

    @Override
    public int compareTo(Percentage other) {
        return Integer.compare(hundredths, other.hundredths);
    }

    @Override
    public String toString() {
        return BigDecimal.valueOf(hundredths, 2).stripTrailingZeros().toPlainString() + "%";
    }
}
