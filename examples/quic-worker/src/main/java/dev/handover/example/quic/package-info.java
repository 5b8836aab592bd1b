@NullMarked
package dev.handover.example.quic;

import org.jspecify.annotations.NullMarked;
