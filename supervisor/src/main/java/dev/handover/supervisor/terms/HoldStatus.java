package dev.handover.supervisor.terms;

import java.time.Instant;

/**
 * That new connections to a service wait in the kernel.
 *
 * @param until when they go on at the latest
 * @param by who asked for it
 */
public record HoldStatus(Instant since, Instant until, String by) {}
