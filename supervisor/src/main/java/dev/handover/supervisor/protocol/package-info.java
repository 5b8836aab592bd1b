@NullMarked
package dev.handover.supervisor.protocol;

import org.jspecify.annotations.NullMarked;
