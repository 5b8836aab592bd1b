/**
 * What machines and browsers ask, by HTTP: figures, health, status, a page. It only reads, and is off unless configured; then
 * {@link dev.handover.supervisor.http.Listening} loads the rest, and the libraries that it stands on.
 */
@NullMarked
package dev.handover.supervisor.http;

import org.jspecify.annotations.NullMarked;
