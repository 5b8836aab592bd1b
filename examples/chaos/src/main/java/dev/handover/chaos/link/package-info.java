/**
 * A link with latency between two network namespaces, in user space: for kernels without netem. The only package that
 * calls the kernel through jnr.
 */
@NullMarked
package dev.handover.chaos.link;

import org.jspecify.annotations.NullMarked;
