package dev.handover.chaos.load;

/**
 * One attempt of the timetable.
 *
 * @param dueAt when it was due, by {@link System#nanoTime()}: what its latency counts from, however late it began
 * @param number from 0
 */
record Attempt(long dueAt, long number) {}
