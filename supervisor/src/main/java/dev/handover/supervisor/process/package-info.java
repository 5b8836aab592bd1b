@NullMarked
package dev.handover.supervisor.process;

import org.jspecify.annotations.NullMarked;
