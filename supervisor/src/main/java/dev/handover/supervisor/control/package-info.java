/**
 * The control socket's server: JSON lines in, {@link dev.handover.supervisor.terms.Request}s out, and what the core
 * answers back as JSON. {@code docs/control.md} specifies the protocol.
 */
@NullMarked
package dev.handover.supervisor.control;

import org.jspecify.annotations.NullMarked;
