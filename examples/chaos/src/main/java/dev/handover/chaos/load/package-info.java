/**
 * The load: attempts that begin on a fixed timetable, whatever the server does, each ending in exactly one
 * {@link Outcome}. One thread owns all of it.
 */
@NullMarked
package dev.handover.chaos.load;

import org.jspecify.annotations.NullMarked;
