package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.Door;
import dev.handover.supervisor.terms.IpLiteral;
import dev.handover.supervisor.terms.WarmUpSpec;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * One request of a warm-up, on a connection of its own.
 *
 * @param deadline when it has to have ended, by {@link System#nanoTime}
 */
record WarmUpRequest(WarmUpSpec spec, Door door, long deadline) {
    private static final int CHUNK = 8192;
    private static final Pattern STATUS = Pattern.compile("HTTP/[0-9.]+ ([0-9]{3})\\b.*", Pattern.DOTALL);

    /**
     * Sends it, and reads the answer to its end.
     *
     * @param socket neither bound nor connected; its caller's to close
     * @return the answer's status
     * @throws IOException if there is no answer of HTTP
     */
    int send(Socket socket) throws IOException {
        socket.setReuseAddress(true);
        // The next connection goes the same way, and TIME_WAIT would be in its way. Nothing is lost by a reset: all is
        // read.
        socket.setSoLinger(true, 0);
        socket.setTcpNoDelay(true);
        socket.bind(door.source());
        socket.connect(door.target(), millisLeft());
        socket.setSoTimeout(millisLeft());
        Socket spoken = spec.tls() ? encrypted(socket) : socket;
        spoken.getOutputStream().write(text().getBytes(StandardCharsets.US_ASCII));
        return status(spoken.getInputStream(), socket);
    }

    private int millisLeft() throws SocketTimeoutException {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (millis <= 0) {
            throw new SocketTimeoutException("its time is over");
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    private Socket encrypted(Socket socket) throws IOException {
        InetSocketAddress target = door.target();
        return AnyCertificate.FACTORY.createSocket(
                socket, IpLiteral.format(target.getAddress()), target.getPort(), false);
    }

    private String text() {
        InetSocketAddress target = door.target();
        return "GET " + spec.path() + " HTTP/1.1\r\nHost: " + IpLiteral.format(target.getAddress()) + ":"
                + target.getPort() + "\r\nUser-Agent: handover-warm-up\r\nAccept: */*\r\nConnection: close\r\n\r\n";
    }

    private int status(InputStream answer, Socket socket) throws IOException {
        byte[] chunk = new byte[CHUNK];
        int length = answer.readNBytes(chunk, 0, "HTTP/1.1 200".length() + 1);
        Matcher status = STATUS.matcher(new String(chunk, 0, length, StandardCharsets.US_ASCII));
        if (!status.matches()) {
            throw new IOException(
                    length == 0 ? "the connection was closed without an answer" : "the answer is no HTTP");
        }
        while (answer.read(chunk) >= 0) {
            socket.setSoTimeout(millisLeft());
        }
        return Integer.parseInt(status.group(1));
    }

    /** Any certificate will do: the service's own address is asked, and nothing is told that others may not know. */
    private static final class AnyCertificate implements X509TrustManager {
        private static final SSLSocketFactory FACTORY = factory();

        private static SSLSocketFactory factory() {
            try {
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, new TrustManager[] {new AnyCertificate()}, new SecureRandom());
                return context.getSocketFactory();
            } catch (GeneralSecurityException e) {
                throw new LinkageError("this JDK has no TLS", e);
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
