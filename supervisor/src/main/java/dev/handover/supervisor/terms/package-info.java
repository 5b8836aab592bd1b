/**
 * The words that every room shares: names, addresses, states, what was configured, what happened ({@link
 * dev.handover.supervisor.terms.Event}), what was decided ({@link dev.handover.supervisor.terms.Effect}) and what people
 * are told. They hold and compare; they decide nothing, and know nothing but the JDK.
 */
@NullMarked
package dev.handover.supervisor.terms;

import org.jspecify.annotations.NullMarked;
