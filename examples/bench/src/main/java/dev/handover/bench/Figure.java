package dev.handover.bench;

import java.util.List;

/**
 * One figure, as it was measured.
 *
 * @param name for people
 * @param asked the bound, for people
 * @param unit of the values; empty for ratios and counts
 * @param value what is compared with the bound: the median, where there are several runs
 * @param least of all runs
 * @param most of all runs
 * @param runs how many
 * @param reached whether it is within the bound
 * @param notes what else belongs to it
 */
record Figure(
        String name,
        String asked,
        String unit,
        double value,
        double least,
        double most,
        int runs,
        boolean reached,
        List<String> notes) {
    Figure {
        notes = List.copyOf(notes);
    }

    /** The median is to be at most so much. */
    static Figure atMost(double bound, String unit, String name, Samples samples, List<String> notes) {
        return of("<= ", bound, unit, name, samples, samples.median() <= bound, notes);
    }

    /** The most of all is to be at most so much. */
    static Figure most(double bound, String unit, String name, Samples samples, List<String> notes) {
        return of("all <= ", bound, unit, name, samples, samples.most() <= bound, notes);
    }

    /** The median is to be at least so much. */
    static Figure atLeast(double bound, String unit, String name, Samples samples, List<String> notes) {
        return of(">= ", bound, unit, name, samples, samples.median() >= bound, notes);
    }

    private static Figure of(
            String relation,
            double bound,
            String unit,
            String name,
            Samples samples,
            boolean reached,
            List<String> notes) {
        return new Figure(
                name,
                relation + Table.number(bound) + (unit.isEmpty() ? "" : " " + unit),
                unit,
                samples.median(),
                samples.least(),
                samples.most(),
                samples.count(),
                reached,
                notes);
    }
}
