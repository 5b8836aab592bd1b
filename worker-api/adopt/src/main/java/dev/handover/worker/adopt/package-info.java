/**
 * Lets a worker adopt: receives listeners that dead workers left behind, and gives what waits in them to the worker's own
 * listeners. To be put on the class path beside {@code worker-api}, which finds it by itself. It needs native code (jnr):
 * JDK 24 and later warn of that unless started with {@code --enable-native-access=ALL-UNNAMED}.
 */
@NullMarked
package dev.handover.worker.adopt;

import org.jspecify.annotations.NullMarked;
