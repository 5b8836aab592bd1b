/**
 * How another program takes this supervisor's place, under the same pid: it is tried, this one's way back is kept and tried, and
 * what the other one has to know of it is noted.
 */
@NullMarked
package dev.handover.supervisor.upgrade;

import org.jspecify.annotations.NullMarked;
