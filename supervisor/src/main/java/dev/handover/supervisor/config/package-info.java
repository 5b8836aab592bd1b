@NullMarked
package dev.handover.supervisor.config;

import org.jspecify.annotations.NullMarked;
