/**
 * The chaos test: a load on a fixed timetable against any address, reloads while it runs, and a report in which every
 * attempt has exactly one end.
 */
@NullMarked
package dev.handover.chaos;

import org.jspecify.annotations.NullMarked;
