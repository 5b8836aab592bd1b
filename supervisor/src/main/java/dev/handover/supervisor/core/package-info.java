@NullMarked
package dev.handover.supervisor.core;

import org.jspecify.annotations.NullMarked;
