package dev.handover.chaos.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that does one thing wrong, on purpose, to each connection. */
public final class FaultyServer implements AutoCloseable {
    /** What it does to a connection; the connection is closed in order afterwards, unless this did it. */
    public interface Conduct {
        void serve(Socket socket) throws IOException;
    }

    public static final String HTTP_OK = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-Worker: web/g1/w2/4711\r\n\r\nhi\n";

    private final ServerSocket listener;
    private final List<Socket> held = new CopyOnWriteArrayList<>();

    private FaultyServer(ServerSocket listener) {
        this.listener = listener;
    }

    public static FaultyServer start(Conduct conduct) throws IOException {
        return start("127.0.0.1", conduct);
    }

    public static FaultyServer start(String address, Conduct conduct) throws IOException {
        FaultyServer server = new FaultyServer(new ServerSocket(0, 512, InetAddress.getByName(address)));
        begin(() -> {
            while (true) {
                Socket socket = server.listener.accept();
                server.held.add(socket);
                begin(() -> {
                    try (socket) {
                        conduct.serve(socket);
                    }
                });
            }
        });
        return server;
    }

    /** Accepts nothing, and its accept queue is full: the kernel drops every further SYN. */
    public static FaultyServer full() throws IOException {
        FaultyServer server = new FaultyServer(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        for (int i = 0; i < 2; i++) {
            // A queue of backlog n holds n + 1.
            Socket filler = new Socket();
            server.held.add(filler);
            filler.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.listener.getLocalPort()));
        }
        return server;
    }

    /** Accepts what waits, and goes on doing so. */
    public void drain() {
        begin(() -> {
            while (true) {
                Socket socket = listener.accept();
                held.add(socket);
                begin(() -> {
                    try (socket) {
                        readLine(socket);
                        write(socket, HTTP_OK);
                    }
                });
            }
        });
    }

    public Target target() {
        return new Target(listener.getInetAddress().getHostAddress(), listener.getLocalPort());
    }

    /** Reads to the first newline; -1 bytes: the client closed. */
    public static String readLine(Socket socket) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = socket.getInputStream().read();
                next >= 0;
                next = socket.getInputStream().read()) {
            line.append((char) next);
            if (next == '\n') {
                return line.toString();
            }
        }
        return line.toString();
    }

    /** Reads an HTTP request to its empty line; false where the client closed instead. */
    public static boolean readRequest(Socket socket) throws IOException {
        while (true) {
            String line = readLine(socket);
            if (line.equals("\r\n")) {
                return true;
            }
            if (line.isEmpty()) {
                return false;
            }
        }
    }

    public static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    public static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : held) {
            socket.close();
        }
    }

    private interface Job {
        void run() throws IOException;
    }

    private static void begin(Job job) {
        Thread thread = new Thread(() -> {
            try {
                job.run();
            } catch (IOException e) {
                // The test closed the socket that this thread waits on: that is its end.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
