package dev.handover.chaos.faults;

/**
 * A process that was killed for the run.
 *
 * @param round in which
 * @param atSeconds when, from the run's begin; what it held was looked up right before
 * @param generation the worker's, 0 for a supervisor
 */
record Death(int round, double atSeconds, Kind kind, String who, long pid, int generation, Holdings held) {}
