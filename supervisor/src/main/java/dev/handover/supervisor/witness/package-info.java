/**
 * What becomes of the connections that a worker holds as it is told to drain, by what the kernel shows: a look before the
 * order, looks meanwhile, and the kernel's own word of each socket's end.
 *
 * <p>{@link dev.handover.supervisor.witness.Witness} is the door, with a thread of its own. {@code DrainWatch} is one
 * worker's drain, {@code Tracked} one connection with all that was seen of it, {@code Evidence} what its end is judged by, and
 * {@code Questions} asks for what the figures leave open.
 */
@NullMarked
package dev.handover.supervisor.witness;

import org.jspecify.annotations.NullMarked;
