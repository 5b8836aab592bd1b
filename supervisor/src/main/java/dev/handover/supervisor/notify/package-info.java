/**
 * Tells others of what happens: by a command or a webhook, each from a place of its own in the chronicle. Nobody waits for them,
 * and nothing depends on whether they have heard of it.
 */
@NullMarked
package dev.handover.supervisor.notify;

import org.jspecify.annotations.NullMarked;
