/** The running supervisor: the loop around the core, and the edges put together. */
@NullMarked
package dev.handover.supervisor.daemon;

import org.jspecify.annotations.NullMarked;
