/** A supervisor of this checkout, started and asked the way users do it: for tests and measurements. */
@NullMarked
package dev.handover.harness;

import org.jspecify.annotations.NullMarked;
