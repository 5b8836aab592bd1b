/**
 * The two commands, {@code supervisord} and {@code supervisorctl}.
 *
 * <p>{@code supervisorctl} is run by people and by scripts that wait for it, so what it runs every time is kept light:
 * no annotation-driven parsing ({@link dev.handover.supervisor.cli.PlainArguments}), no data binding, no regular
 * expressions, no lambdas, no native library. What remains is the JDK's own: its Unix sockets set up a secure random
 * generator (for the names of sockets bound without one), which costs about as much as all the rest, more on later JDKs.
 */
@NullMarked
package dev.handover.supervisor.cli;

import org.jspecify.annotations.NullMarked;
