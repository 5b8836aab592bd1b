package dev.handover.supervisor.linux;

import java.nio.ByteBuffer;

/** A Unix datagram socket that is connected to one receiver. */
final class DatagramPeer implements AutoCloseable {
    private final Fd socket;

    private DatagramPeer(Fd socket) {
        this.socket = socket;
    }

    /** @param address a sockaddr_un */
    static DatagramPeer connect(byte[] address, String subject) throws LinuxException {
        int type = Abi.SOCK_DGRAM | Abi.SOCK_CLOEXEC;
        Fd socket = new Fd(Kernel.call("socket", subject, () -> Kernel.LIBC.socket(Abi.AF_UNIX, type, 0)), subject);
        try {
            Kernel.call("connect", subject, () -> Kernel.LIBC.connect(socket.number(), address, address.length));
            return new DatagramPeer(socket);
        } catch (LinuxException refused) {
            socket.close();
            throw refused;
        }
    }

    Fd socket() {
        return socket;
    }

    void send(byte[] bytes) throws LinuxException {
        ByteBuffer all = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        Kernel.callLong("send", socket.toString(), () -> Kernel.LIBC.send(socket.number(), all, bytes.length, 0));
    }

    @Override
    public void close() {
        socket.close();
    }
}
