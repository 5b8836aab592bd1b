/** The unit file under a real systemd: what {@code systemctl} does to it, and what clients see meanwhile. */
@NullMarked
package dev.handover.systemd;

import org.jspecify.annotations.NullMarked;
