/** Reloads, evenly spread over a load. */
@NullMarked
package dev.handover.chaos.reload;

import org.jspecify.annotations.NullMarked;
