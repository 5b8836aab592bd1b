package dev.handover.e2e;

import dev.handover.worker.UdpListener;
import dev.handover.worker.Worker;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A UDP server on the worker library: answers each datagram by the same text and its pid, until it has drained. */
final class UdpEcho {
    private static final int LONGEST = 128;

    private UdpEcho() {}

    public static void main(String[] args) throws IOException {
        byte[] name = (" " + ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer buffer = ByteBuffer.allocate(LONGEST);
        try (Worker worker = Worker.join();
                UdpListener listener = worker.bind(worker.declared().get(0))) {
            worker.ready();
            SocketAddress peer = listener.receive(buffer);
            while (peer != null) {
                listener.channel().send(buffer.put(name).flip(), peer);
                peer = listener.receive(buffer.clear());
            }
        }
    }
}
