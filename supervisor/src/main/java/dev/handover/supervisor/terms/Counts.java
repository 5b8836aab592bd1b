package dev.handover.supervisor.terms;

/** How numbers of things are written for people. */
public final class Counts {
    private Counts() {}

    /** Such as {@code 1 worker}, {@code 2 workers}. */
    public static String text(long number, String one) {
        return number + " " + one + (number == 1 ? "" : "s");
    }
}
