/** Servers written as a user of the worker API writes them: outside of its package. The package's Javadoc quotes them. */
@NullMarked
package dev.handover.worker.example;

import org.jspecify.annotations.NullMarked;
