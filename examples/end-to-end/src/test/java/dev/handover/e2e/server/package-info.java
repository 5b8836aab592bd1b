/** Servers as their authors' first pages have them, with no line about Handover: programs that tests start. */
@NullMarked
package dev.handover.e2e.server;

import org.jspecify.annotations.NullMarked;
