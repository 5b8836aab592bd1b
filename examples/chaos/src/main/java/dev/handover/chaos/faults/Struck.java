package dev.handover.chaos.faults;

/**
 * What became of a planned fault.
 *
 * @param target who was struck; empty where nobody was
 * @param pid 0 where there is none
 * @param open how many connections the service had then
 * @param leftOut why it was not done; empty where it was
 */
public record Struck(int round, double atSeconds, String kind, String target, long pid, int open, String leftOut) {
    boolean isDone() {
        return leftOut.isEmpty();
    }
}
