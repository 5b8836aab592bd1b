package dev.handover.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Whether a program that was started has come to listen. */
final class Listening {
    private static final long LOOK_AGAIN_MILLIS = 50;

    private Listening() {}

    /**
     * Returns as soon as a connection to a port of loopback can be made.
     *
     * @param mayStill whether it may come to that yet
     * @throws IOException if none can be by then
     */
    static void await(int port, Duration limit, BooleanSupplier mayStill) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException refused) {
                if (!mayStill.getAsBoolean() || System.nanoTime() >= deadline) {
                    throw refused;
                }
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
        }
    }
}
