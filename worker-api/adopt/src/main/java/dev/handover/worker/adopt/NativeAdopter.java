package dev.handover.worker.adopt;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.handover.worker.Adopter;
import dev.handover.worker.ListenAddress;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.function.BiPredicate;

/** Adopts with the help of recvmsg(2) and dup2(2). */
public final class NativeAdopter implements Adopter {
    private static final System.Logger LOG = System.getLogger("dev.handover.worker.adopt");

    /** For {@link java.util.ServiceLoader}. */
    public NativeAdopter() {}

    @Override
    public void start(Path supervisor, BiPredicate<ListenAddress, SocketChannel> clients) {
        begin(
                "handover-adopter",
                new SupervisorLink(supervisor, (address, listener) -> adopt(address, listener, clients)));
    }

    private static void adopt(ListenAddress address, int listener, BiPredicate<ListenAddress, SocketChannel> clients) {
        try {
            ServerSocketChannel channel = AdoptedListener.open(listener, address);
            LOG.log(INFO, "adopted a dead worker''s listener at {0}", address);
            begin("handover-adopted " + address, () -> serve(address, channel, clients));
        } catch (IOException e) {
            LOG.log(WARNING, "a dead worker's listener at " + address + " can't be adopted", e);
        }
    }

    /** Until the supervisor ends the listener, since nothing waits in it any more, or this worker can't serve any more. */
    private static void serve(
            ListenAddress address, ServerSocketChannel listener, BiPredicate<ListenAddress, SocketChannel> clients) {
        try (listener) {
            while (true) {
                SocketChannel client = listener.accept();
                if (!clients.test(address, client)) {
                    client.close();
                    return;
                }
            }
        } catch (IOException e) {
            // EINVAL, as docs/protocol.md has it.
            LOG.log(DEBUG, "the adopted listener at " + address + " has ended", e);
        }
    }

    private static void begin(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
