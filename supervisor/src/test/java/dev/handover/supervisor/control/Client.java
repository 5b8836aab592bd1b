package dev.handover.supervisor.control;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client of a control server, over a socket that both ends of the test hold. */
final class Client implements AutoCloseable {
    private static final int NO_GROUP = -1;

    private final Socket socket;
    private final BufferedReader lines;
    private final Thread serving;

    Client(ControlServer server, int uid) throws IOException {
        this(server, uid, NO_GROUP);
    }

    Client(ControlServer server, int uid, int gid) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            socket = new Socket(listener.getInetAddress(), listener.getLocalPort());
            socket.setSoTimeout(60_000);
            Socket accepted = listener.accept();
            serving = new Thread(() -> server.serve(peer(accepted, uid, gid)));
            serving.start();
        }
        lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    private static Peer peer(Socket socket, int uid, int gid) {
        return new Peer() {
            @Override
            public InputStream input() throws IOException {
                return socket.getInputStream();
            }

            @Override
            public OutputStream output() throws IOException {
                return socket.getOutputStream();
            }

            @Override
            public int uid() {
                return uid;
            }

            @Override
            public boolean isIn(int group) {
                return group == gid;
            }

            @Override
            public void close() {
                try {
                    socket.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public String toString() {
                return "the test's client";
            }
        };
    }

    /** @param line with ' for " */
    void send(String line) throws IOException {
        socket.getOutputStream().write((line.replace('\'', '"') + "\n").getBytes(StandardCharsets.UTF_8));
    }

    void sendBytes(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void saysNoMore() throws IOException {
        socket.shutdownOutput();
    }

    /** The next line with ' for "; "end" when the server has closed. */
    String line() throws IOException {
        String line = lines.readLine();
        return line == null ? "end" : line.replace('"', '\'');
    }

    void awaitServed() throws InterruptedException {
        serving.join(60_000);
        if (serving.isAlive()) {
            throw new AssertionError("still being served");
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
