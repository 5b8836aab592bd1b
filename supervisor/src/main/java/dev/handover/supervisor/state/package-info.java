/** What must outlive the supervisor, in a file of its own: written, read by this version and by later ones, checked. */
@NullMarked
package dev.handover.supervisor.state;

import org.jspecify.annotations.NullMarked;
