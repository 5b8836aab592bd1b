package dev.handover.supervisor.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;

/**
 * What a supervisor has for a worker while {@code archive-classes} sees which classes its start takes. It knows nothing of the
 * supervisor: it listens on the port of the loopback that it is given, until it is ended. Without a port it says one that is
 * free.
 */
public final class TrainingWorker {
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private TrainingWorker() {}

    public static void main(String[] arguments) throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            int port = arguments.length == 0 ? 0 : Integer.parseInt(arguments[0]);
            listener.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            listener.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port));
            if (arguments.length == 0) {
                System.out.println(((InetSocketAddress) listener.getLocalAddress()).getPort());
            } else {
                while (true) {
                    listener.accept().close();
                }
            }
        }
    }
}
