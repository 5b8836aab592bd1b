@NullMarked
package dev.handover.example.http;

import org.jspecify.annotations.NullMarked;
