/**
 * The brain: what a supervisor decides. One public class, {@link dev.handover.supervisor.core.Supervisor}, is its door;
 * below it, each knowing nothing of those above: the service, the handover between two of its generations, the generation,
 * the worker.
 */
@NullMarked
package dev.handover.supervisor.core;

import org.jspecify.annotations.NullMarked;
