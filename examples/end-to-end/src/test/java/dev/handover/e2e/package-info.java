@NullMarked
package dev.handover.e2e;

import org.jspecify.annotations.NullMarked;
