/** What the three protocols have in common: their streams are lines, and no line is without a bound. */
@NullMarked
package dev.handover.supervisor.lines;

import org.jspecify.annotations.NullMarked;
