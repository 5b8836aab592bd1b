/** Which handover each service gets on this host, why, and what one could change. */
@NullMarked
package dev.handover.supervisor.doctor;

import org.jspecify.annotations.NullMarked;
