package dev.handover.supervisor.terms;

/** Ties the answers to a request; unique while the supervisor runs. */
public record RequestId(long value) {}
