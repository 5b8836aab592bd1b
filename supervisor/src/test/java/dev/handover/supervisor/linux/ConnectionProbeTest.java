package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.terms.ListenAddress;
import java.io.BufferedReader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ConnectionProbeTest {
    /** Does one thing for each line that it reads, and says what it has done. */
    private static final String[] SERVER = {
        "import os, signal, socket, sys",
        "host = sys.argv[1]",
        "s = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET)",
        "if host == '::': s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)",
        "s.bind((host, 0)); s.listen(16)",
        "print(s.getsockname()[1], flush=True)",
        "kept = []",
        "for line in sys.stdin:",
        "    order = line.strip()",
        "    if order == 'accept': kept.append(s.accept()[0])",
        "    if order == 'close': kept.pop().close()",
        "    if order == 'shutdown': kept[-1].shutdown(socket.SHUT_WR)",
        "    if order == 'fork':",
        "        if os.fork() == 0: signal.pause()",
        "        kept.pop().close()",
        "    print(order, flush=True)",
    };

    private final List<Socket> clients = new ArrayList<>();
    private SockDiag sockets;
    private ConnectionProbe probe;
    private Process server;
    private BufferedReader answers;
    private int port;

    @BeforeEach
    void open() throws Exception {
        sockets = new SockDiag();
        probe = new ConnectionProbe(sockets);
    }

    @AfterEach
    void close() throws Exception {
        for (Socket client : clients) {
            client.close();
        }
        server.descendants().forEach(ProcessHandle::destroyForcibly);
        server.destroyForcibly().waitFor();
        sockets.close();
    }

    private ListenAddress serve(String host, String address) throws Exception {
        server = Python.start(
                Stream.concat(Arrays.stream(SERVER), Stream.of(host)).toArray(String[]::new));
        answers = server.inputReader();
        port = Integer.parseInt(answers.readLine());
        return ListenAddress.parse(address.replace("PORT", Integer.toString(port)));
    }

    private void tell(String order) throws Exception {
        Writer orders = server.outputWriter();
        orders.write(order + "\n");
        orders.flush();
        assertThat(answers.readLine()).isEqualTo(order);
    }

    private Socket connect() throws Exception {
        Socket client = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
        clients.add(client);
        return client;
    }

    private int count(ListenAddress address) throws Exception {
        return probe.count(server.pid(), List.of(address));
    }

    @Test
    void countsWhatTheWorkerAcceptedAndHasNotClosed() throws Exception {
        ListenAddress address = serve("127.0.0.1", "tcp://127.0.0.1:PORT");
        assertThat(count(address)).isZero();
        connect();
        assertThat(count(address)).as("not accepted yet").isZero();
        tell("accept");
        assertThat(count(address)).isEqualTo(1);
        connect();
        tell("accept");
        assertThat(count(address)).isEqualTo(2);
        tell("close");
        assertThat(count(address)).isEqualTo(1);
        tell("close");
        assertThat(count(address)).isZero();
    }

    @Test
    void aConnectionThatOneSideHasEndedIsStillOpen() throws Exception {
        ListenAddress address = serve("127.0.0.1", "tcp://127.0.0.1:PORT");
        connect().shutdownOutput();
        tell("accept");
        assertThat(count(address)).as("ended by the client").isEqualTo(1);
        connect();
        tell("accept");
        tell("shutdown");
        assertThat(count(address)).as("ended by the server").isEqualTo(2);
    }

    @Test
    void anIpv4ClientOfADualStackListenerCounts() throws Exception {
        ListenAddress address = serve("::", "tcp://[::]:PORT?dual-stack");
        connect();
        tell("accept");
        assertThat(count(address)).isEqualTo(1);
    }

    @Test
    void aConnectionLeftToAChildCountsAndOneOfTheParentIsNotTheChilds() throws Exception {
        ListenAddress address = serve("127.0.0.1", "tcp://127.0.0.1:PORT");
        connect();
        tell("accept");
        tell("fork");
        assertThat(count(address)).isEqualTo(1);
        long child = server.children().findFirst().orElseThrow().pid();
        connect();
        tell("accept");
        assertThat(count(address)).isEqualTo(2);
        assertThat(probe.count(child, List.of(address))).isEqualTo(1);
    }

    @Test
    void refusesToCountWhatMayNotBeSeen() throws Exception {
        ListenAddress address = serve("127.0.0.1", "tcp://127.0.0.1:PORT");
        assumeTrue(Processes.ownUid() != 0, "root may read everyone's descriptors");
        connect();
        tell("accept");
        assertThatThrownBy(() -> probe.count(1, List.of(address))).isInstanceOf(AccessDeniedException.class);
    }
}
