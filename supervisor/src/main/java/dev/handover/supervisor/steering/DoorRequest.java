package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.Door;
import dev.handover.supervisor.terms.IpLiteral;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** One connection through a door, and what is asked on it. For one thread. */
final class DoorRequest {
    private static final int CHUNK = 8192;
    private static final int STATUS_LINE = "HTTP/1.1 200".length() + 1;
    private static final Pattern STATUS = Pattern.compile("HTTP/[0-9.]+ ([0-9]{3})\\b.*", Pattern.DOTALL);

    private final Door door;
    private final DeadlineSocket socket;
    private Socket spoken;

    /** Nothing was sent: it is for this end that there is no connection. */
    static final class NotSent extends IOException {
        private static final long serialVersionUID = 1;

        private NotSent(IOException cause) {
            super(Why.of(cause), cause);
        }
    }

    /**
     * @param socket neither bound nor connected, at whose deadline all of it has to have ended; its caller's to close
     */
    DoorRequest(Door door, DeadlineSocket socket) {
        this.door = door;
        this.socket = socket;
        this.spoken = socket;
    }

    /** @throws NotSent if this end is at fault; all else is of the other end, or of the want of its answer */
    void connect() throws IOException {
        bind();
        try {
            socket.connect(door.target(), socket.millisLeft());
        } catch (BindException | NoRouteToHostException e) {
            throw new NotSent(e);
        }
    }

    private void bind() throws NotSent {
        try {
            socket.setReuseAddress(true);
            // The next connection goes the same way, and TIME_WAIT would be in its way. Nothing is lost by a reset: all
            // that is asked for is read.
            socket.setSoLinger(true, 0);
            socket.setTcpNoDelay(true);
            socket.bind(door.source());
        } catch (IOException e) {
            throw new NotSent(e);
        }
    }

    /** Shakes hands for TLS; what is asked from then on is encrypted. */
    void encrypt() throws IOException {
        InetSocketAddress target = door.target();
        SSLSocket encrypted = (SSLSocket) AnyCertificate.FACTORY.createSocket(
                socket, IpLiteral.format(target.getAddress()), target.getPort(), false);
        encrypted.startHandshake();
        spoken = encrypted;
    }

    /**
     * Sends a request, and reads the beginning of its answer.
     *
     * @param agent who is said to ask
     * @return the answer's status
     * @throws IOException if there is no answer of HTTP
     */
    int get(String path, String agent) throws IOException {
        spoken.getOutputStream().write(text(path, agent).getBytes(StandardCharsets.US_ASCII));
        InputStream answer = spoken.getInputStream();
        byte[] line = new byte[STATUS_LINE];
        int length = 0;
        for (int read = 0; read >= 0 && length < STATUS_LINE; length += Math.max(read, 0)) {
            read = answer.read(line, length, STATUS_LINE - length);
        }
        Matcher status = STATUS.matcher(new String(line, 0, length, StandardCharsets.US_ASCII));
        if (!status.matches()) {
            throw new IOException(
                    length == 0 ? "the connection was closed without an answer" : "the answer is no HTTP");
        }
        return Integer.parseInt(status.group(1));
    }

    private String text(String path, String agent) {
        InetSocketAddress target = door.target();
        return "GET " + path + " HTTP/1.1\r\nHost: " + IpLiteral.format(target.getAddress()) + ":" + target.getPort()
                + "\r\nUser-Agent: " + agent + "\r\nAccept: */*\r\nConnection: close\r\n\r\n";
    }

    /** Reads until the other end has closed. */
    void readToEnd() throws IOException {
        byte[] chunk = new byte[CHUNK];
        InputStream rest = spoken.getInputStream();
        while (rest.read(chunk) >= 0) {
            // Nothing in it is asked for.
        }
    }

    /**
     * Any certificate will do: the service's own address is asked, and nothing is told that others may not know. An extended
     * one, since JSSE refuses by itself what a plain one has let pass, such as a signature by MD5.
     */
    private static final class AnyCertificate extends X509ExtendedTrustManager {
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
        public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
