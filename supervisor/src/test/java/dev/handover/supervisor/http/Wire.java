package dev.handover.supervisor.http;

import dev.handover.supervisor.terms.HttpSpec;
import dev.handover.supervisor.terms.ListenAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A client that sends what it likes. */
final class Wire {
    private static final int PATIENCE_MILLIS = 60_000;

    private Wire() {}

    /** An address at which nobody listens now. */
    static HttpSpec free(String... hosts) throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new HttpSpec(
                    new HttpSpec.Tcp(ListenAddress.parse("tcp://127.0.0.1:" + probe.getLocalPort())), List.of(hosts));
        }
    }

    static Socket connect(HttpSpec spec) throws IOException {
        Socket socket = new Socket();
        socket.connect(((HttpSpec.Tcp) spec.place()).address().socketAddress(), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** All that is answered until the connection ends. */
    static String ask(HttpSpec spec, String head) throws IOException {
        try (Socket socket = connect(spec)) {
            send(socket, head + "\r\n\r\n");
            return rest(socket);
        }
    }

    static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    static String get(HttpSpec spec, String path) throws IOException {
        return ask(spec, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close");
    }

    /** What is behind the head. */
    static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
}
