/**
 * Faults: a service under a supervisor of its own, where from a seed both are done harm at chosen moments. Whatever is lost
 * must have been held by a process that was killed for it: what that held is looked up while it is stopped, before it is killed.
 */
@NullMarked
package dev.handover.chaos.faults;

import org.jspecify.annotations.NullMarked;
