package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.linux.Door;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One request, to servers that answer as they do. */
@Timeout(300)
class DoorRequestTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private Path folder;

    private final List<String> received = new ArrayList<>();

    private static Door open(ServerSocket server) throws IOException {
        ListenAddress address = new ListenAddress(Transport.TCP, server.getInetAddress(), server.getLocalPort(), false);
        return Door.open(address, Door.target(address));
    }

    /** @return the status that a server's answer is read as */
    private int send(ServerSocketFactory sockets, boolean tls, String host, String answer) throws Exception {
        try (ServerSocket server = sockets.createServerSocket(0, 1, InetAddress.getByName(host));
                Door door = open(server);
                DeadlineSocket socket = new DeadlineSocket(System.nanoTime() + TimeUnit.SECONDS.toNanos(30))) {
            Thread serving = new Thread(() -> answer(server, answer));
            serving.start();
            try {
                return send(tls, new DoorRequest(door, socket));
            } finally {
                serving.join();
            }
        }
    }

    private static int send(boolean tls, DoorRequest request) throws IOException {
        request.connect();
        if (tls) {
            request.encrypt();
        }
        int status = request.get("/health?deep=1", "handover-warm-up");
        request.readToEnd();
        return status;
    }

    private void answer(ServerSocket server, String answer) {
        try (Socket client = server.accept()) {
            BufferedReader request =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            for (String line = request.readLine(); line != null && !line.isEmpty(); line = request.readLine()) {
                received.add(line);
            }
            client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            received.add(e.toString());
        }
    }

    private int send(String host, String answer) throws Exception {
        return send(ServerSocketFactory.getDefault(), false, host, answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void itIsOneRequestOnAConnectionOfItsOwn(String host) throws Exception {
        assertThat(send(host, "HTTP/1.1 204 No Content\r\n\r\n")).isEqualTo(204);
        assertThat(received)
                .contains("GET /health?deep=1 HTTP/1.1", "User-Agent: handover-warm-up", "Connection: close")
                .filteredOn(line -> line.startsWith("Host: "))
                .singleElement()
                .asString()
                .startsWith(host.contains(":") ? "Host: [::1]:" : "Host: 127.0.0.1:");
    }

    @Test
    void theAnswerIsReadToItsEnd() throws Exception {
        assertThat(send("127.0.0.1", "HTTP/1.0 503 Busy\r\n\r\n" + "x".repeat(1_000_000)))
                .isEqualTo(503);
        assertThat(received).noneMatch(line -> line.contains("Exception"));
    }

    @Test
    void whatIsNoHttpIsSaidToBeNone() {
        assertThatThrownBy(() -> send("127.0.0.1", "220 smtp ready\r\n")).hasMessage("the answer is no HTTP");
        assertThatThrownBy(() -> send("127.0.0.1", "")).hasMessage("the connection was closed without an answer");
    }

    @Test
    void itEndsAtItsDeadline() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                Door door = open(server);
                DeadlineSocket socket = new DeadlineSocket(deadline)) {
            assertThatThrownBy(() -> send(false, new DoorRequest(door, socket)))
                    .isInstanceOf(SocketTimeoutException.class);
            assertThat(System.nanoTime()).isGreaterThanOrEqualTo(deadline - TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    @Test
    void aHandshakeEndsAtTheDeadlineHoweverLittleComesAtATime() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                Door door = open(server);
                DeadlineSocket socket = new DeadlineSocket(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500))) {
            new Thread(() -> drip(server)).start();
            assertThatThrownBy(() -> send(true, new DoorRequest(door, socket)))
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    /** A record of TLS which takes longer than its client has. */
    private static void drip(ServerSocket server) {
        try (Socket client = server.accept()) {
            client.getOutputStream().write(new byte[] {0x16, 3, 3, 0x40, 0});
            while (true) {
                client.getOutputStream().write(0);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        } catch (IOException e) {
            // Its client has gone.
        }
    }

    @ParameterizedTest
    @CsvSource({"EC, SHA256withECDSA", "RSA, MD5withRSA"})
    void overTlsAnyCertificateIsTaken(String key, String signature) throws Exception {
        assertThat(send(tls(key, signature), true, "127.0.0.1", "HTTP/1.1 200 OK\r\n\r\nhello"))
                .isEqualTo(200);
        assertThat(received).contains("GET /health?deep=1 HTTP/1.1");
    }

    /** Of a certificate that names somebody else, has expired, and is signed by itself. */
    private ServerSocketFactory tls(String key, String signature) throws Exception {
        Path store = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        key,
                        "-sigalg",
                        signature,
                        "-dname",
                        "CN=elsewhere.example",
                        "-startdate",
                        "-10d",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(store)) {
            keys.load(file, PASSWORD);
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context.getServerSocketFactory();
    }
}
