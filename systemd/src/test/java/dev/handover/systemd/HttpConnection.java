package dev.handover.systemd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Locale;

/** One connection to the http-worker, held open from request to request. */
final class HttpConnection implements AutoCloseable {
    private static final int REPLY_TIMEOUT_MS = 60_000;

    private final Socket socket = new Socket();
    private final BufferedReader in;

    HttpConnection(int port) throws IOException {
        try {
            socket.setSoTimeout(REPLY_TIMEOUT_MS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), REPLY_TIMEOUT_MS);
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
        } catch (IOException failed) {
            socket.close();
            throw failed;
        }
    }

    /**
     * A reply, read to its end.
     *
     * @param worker who gave it, such as {@code web/g1/w2/4711}
     */
    record Reply(int status, String worker) {
        int generation() {
            return Integer.parseInt(worker.split("/", -1)[1].substring(1));
        }
    }

    void send(String path) throws IOException {
        String request = "GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
    }

    Reply receive() throws IOException {
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        String worker = "";
        int length = 0;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String[] parts = header.split(": *", 2);
            switch (parts[0].toLowerCase(Locale.ROOT)) {
                case "x-worker" -> worker = parts[1];
                case "content-length" -> length = Integer.parseInt(parts[1]);
                default -> {}
            }
        }
        for (int read = 0; read < length; read++) {
            if (in.read() < 0) {
                throw new EOFException("the reply ended after " + read + " of " + length + " bytes");
            }
        }
        return new Reply(status, worker);
    }

    private String line() throws IOException {
        String line = in.readLine();
        if (line == null) {
            throw new EOFException("closed in place of a reply");
        }
        return line;
    }

    static Reply get(int port, String path) throws IOException {
        try (HttpConnection connection = new HttpConnection(port)) {
            connection.send(path);
            return connection.receive();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
