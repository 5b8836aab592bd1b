/**
 * Moves new connections from one generation to the next, without root and without the workers' help.
 *
 * <p>What holds for the whole package:
 *
 * <ul>
 *   <li>A group's program never names an index that a step is about to move: it is right before and after every step.
 *   <li>A TCP listener that is steered away from is closed only when its handshakes and its accept queue are empty and it
 *       is sealed, so that a SYN that still reached it would be sent again, to another member, and not be reset.
 *   <li>Where members stand in their group is asked of the kernel, and kept from there on; it is never guessed.
 *   <li>All state of a service's groups belongs to one thread.
 * </ul>
 */
@NullMarked
package dev.handover.supervisor.steering;

import org.jspecify.annotations.NullMarked;
