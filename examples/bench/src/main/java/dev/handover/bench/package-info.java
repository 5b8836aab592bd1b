/** Measures what a reload takes, and what it does to clients; see docs/benchmarks.md. */
@NullMarked
package dev.handover.bench;

import org.jspecify.annotations.NullMarked;
