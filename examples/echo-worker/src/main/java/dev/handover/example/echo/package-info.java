@NullMarked
package dev.handover.example.echo;

import org.jspecify.annotations.NullMarked;
