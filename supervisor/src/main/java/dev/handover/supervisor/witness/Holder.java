package dev.handover.supervisor.witness;

/**
 * A process that has a connection.
 *
 * @param descriptor the connection's number in that process
 */
record Holder(long pid, int descriptor) {}
