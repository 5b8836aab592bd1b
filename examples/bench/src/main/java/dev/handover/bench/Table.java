package dev.handover.bench;

import java.util.Locale;

/** Figures for people, a line each, with what belongs to it below. */
final class Table {
    private static final String FORM = "%-52s %-12s %-12s %-22s %5s  %s";

    static final String HEAD =
            String.format(Locale.ROOT, FORM, "figure", "asked", "median", "least to most", "runs", "");

    private Table() {}

    static String row(Figure figure) {
        String unit = figure.unit().isEmpty() ? "" : " " + figure.unit();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                FORM,
                figure.name(),
                figure.asked(),
                number(figure.value()) + unit,
                number(figure.least()) + " to " + number(figure.most()),
                figure.runs(),
                figure.reached() ? "pass" : "MISS"));
        figure.notes().forEach(note -> text.append("\n    ").append(note));
        return text.toString();
    }

    /** Three digits, more where there are. */
    static String number(double value) {
        double size = Math.abs(value);
        int decimals = value == Math.rint(value) || size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
