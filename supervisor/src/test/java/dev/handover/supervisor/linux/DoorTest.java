package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections and datagrams that come from a source that the program knows. */
@Timeout(300)
class DoorTest {
    private static final int OTHERS = 50;

    @ParameterizedTest
    @EnumSource
    void whatComesThroughADoorReachesItsMemberAndAllElseThoseThatServe(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 3);
                NetworkChannel one = client(kind);
                NetworkChannel two = client(kind)) {
            group.held(0).steer(Choice.among(0).withDoors(Map.of(source(one), 1, source(two), 2)));
            comes(one, kind, group);
            assertThat(group.served(OTHERS)).containsExactly(OTHERS, 1, 0);
            comes(two, kind, group);
            assertThat(group.served(OTHERS)).containsExactly(OTHERS, 0, 1);
        }
    }

    private static NetworkChannel client(Kind kind) throws IOException {
        InetSocketAddress any = new InetSocketAddress(kind.clientAddress(), 0);
        return kind.transport == Transport.TCP
                ? SocketChannel.open(kind.clientFamily()).bind(any)
                : DatagramChannel.open(kind.clientFamily()).bind(any);
    }

    private static InetSocketAddress source(NetworkChannel client) throws IOException {
        return (InetSocketAddress) client.getLocalAddress();
    }

    private static void comes(NetworkChannel client, Kind kind, TestGroup group) throws IOException {
        InetSocketAddress server = new InetSocketAddress(kind.clientAddress(), group.port());
        if (client instanceof SocketChannel tcp) {
            tcp.connect(server);
        } else {
            ((DatagramChannel) client).send(ByteBuffer.wrap(new byte[] {'x'}), server);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.handover.supervisor.linux.Kind#tcp")
    void oneConnectionAfterTheOtherGoesThroughADoor(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 2);
                Door door = Door.open(group.address(), Door.target(group.address()))) {
            group.held(0).steer(Choice.among(0).withDoors(Map.of(door.source(), 1)));
            for (int i = 0; i < 20; i++) {
                try (Socket socket = through(door)) {
                    SocketChannel accepted = group.worker(1).accept();
                    assertThat(accepted).as("connection %d", i).isNotNull();
                    accepted.close();
                    assertThat(socket.getInputStream().read()).isEqualTo(-1);
                }
            }
            assertThat(group.served(OTHERS)).containsExactly(OTHERS, 0);
        }
    }

    private static Socket through(Door door) throws IOException {
        Socket socket = new Socket();
        socket.setReuseAddress(true);
        socket.setSoLinger(true, 0);
        socket.bind(door.source());
        socket.connect(door.target(), 1000);
        return socket;
    }

    /** More than a conditional jump reaches. */
    @ParameterizedTest
    @MethodSource("dev.handover.supervisor.linux.Kind#tcp")
    void thereMayBeManyBesideTheSignature(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 3);
                Signature signature = new Signature(group.address());
                Door door = Door.open(group.address(), Door.target(group.address()))) {
            Map<InetSocketAddress, Integer> doors = new HashMap<>(Map.of(door.source(), 2));
            InetAddress host = door.source().getAddress();
            for (int port = 1; doors.size() < Choice.MOST_DOORS; port++) {
                doors.put(new InetSocketAddress(host, port), 1);
            }
            signature.steer(group.held(0), Choice.among(0).withDoors(doors));
            through(door).close();
            assertThat(group.served(OTHERS)).containsExactly(OTHERS, 0, 1);
            assertThat(signature.isInForce(
                            Map.of(0, group.held(0), 1, group.held(1)),
                            List.of(group.held(0), group.held(1), group.held(2))))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.handover.supervisor.linux.Kind#tcp")
    void doorsStayOpenWhileTheOrderIsAskedFor(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 3);
                Door door = Door.open(group.address(), Door.target(group.address()))) {
            Choice choice = Choice.among(0).withDoors(Map.of(door.source(), 2));
            List<HeldListener> all = List.of(group.held(0), group.held(1), group.held(2));
            assertThat(GroupOrder.find(all, List.of(0, 1, 2), Optional.of(choice), Optional.empty())
                            .places())
                    .hasSize(3);
            through(door).close();
            assertThat(group.served(OTHERS)).containsExactly(OTHERS, 0, 1);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.handover.supervisor.linux.Kind#tcp")
    void itsPortIsNobodyElsesAsLongAsItIsOpen(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 1);
                Door door = Door.open(group.address(), Door.target(group.address()));
                SocketChannel other = SocketChannel.open()) {
            other.setOption(StandardSocketOptions.SO_REUSEADDR, false);
            assertThatThrownBy(() -> other.bind(door.source())).isInstanceOf(BindException.class);
        }
    }
}
