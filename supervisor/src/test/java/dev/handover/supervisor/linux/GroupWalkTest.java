package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.linux.GroupModel.Fate;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The model of a group and the kernel that runs, by the same steps, taken at random. */
@Timeout(300)
class GroupWalkTest {
    private static final int WALKS = Integer.getInteger("handover.walks", 5);
    private static final int STEPS = 60;
    private static final int MOST_MEMBERS = 6;
    private static final int TCP_DEFER_ACCEPT = 9;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @ParameterizedTest
    @MethodSource("dev.handover.supervisor.linux.Kind#tcp")
    void theKernelDoesWhatTheModelSays(Kind kind) throws Exception {
        assumeTrue(
                Files.readString(Path.of("/proc/sys/net/ipv4/tcp_migrate_req"))
                        .trim()
                        .equals("0"),
                "tcp_migrate_req is set here: who leaves passes on what it has");
        for (long seed = 1; seed <= WALKS; seed++) {
            try (Walk walk = new Walk(kind, seed)) {
                for (int step = 0; step < STEPS; step++) {
                    walk.step();
                }
            }
        }
    }

    private static final class Walk implements AutoCloseable {
        private final long seed;
        private final Random random;
        private final GroupModel model = new GroupModel();
        private final TestGroup group;
        private final InetSocketAddress server;
        private OptionalInt led = OptionalInt.empty();
        /** By their ports. */
        private final Map<Integer, SocketChannel> clients = new TreeMap<>();

        private final List<SocketChannel> accepted = new ArrayList<>();
        private final List<String> story = new ArrayList<>();

        Walk(Kind kind, long seed) throws IOException {
            this.seed = seed;
            random = new Random(seed);
            group = new TestGroup(kind, 0);
            join();
            server = new InetSocketAddress(kind.clientAddress(), group.port());
        }

        void step() throws IOException {
            int index = random.nextInt(size());
            switch (random.nextInt(16)) {
                case 0, 1 -> {
                    if (size() < MOST_MEMBERS) {
                        join();
                    }
                }
                case 2 -> {
                    // The last one takes the group along, and its program.
                    if (size() > 1) {
                        leave(index);
                    }
                }
                case 3, 4 -> {
                    tell("lead to " + index);
                    group.held(0).steer(Choice.among(index));
                    model.attach(program(Choice.among(index)));
                    led = OptionalInt.of(index);
                }
                case 5 -> {
                    tell("lead nowhere");
                    group.held(0).stopSteering();
                    model.detach();
                    led = OptionalInt.empty();
                }
                case 6 -> seal(index);
                case 7 -> {
                    tell("reset what waits in " + index);
                    group.held(index).resetWaiting();
                    model.resetWaiting(member(index));
                }
                case 8, 9, 10 -> accept(index);
                case 11, 12 -> send();
                default -> connect();
            }
            compare();
        }

        private int size() {
            return model.members().size();
        }

        private GroupModel.Member member(int index) {
            return model.members().get(index);
        }

        private static List<Instruction> program(Choice choice) {
            return SteeringProgram.of(choice, Transport.TCP, SteeringProgram.Chooser.RANDOM)
                    .instructions();
        }

        /** Whom the program leads a packet to; empty where the kernel's hash decides. */
        private OptionalInt led() {
            return led.isPresent() && led.getAsInt() < size() ? led : OptionalInt.empty();
        }

        private void tell(String what) {
            story.add(what);
        }

        private void join() throws IOException {
            tell("join");
            SocketOptions.set(group.join().fd(), "TCP_DEFER_ACCEPT", Abi.SOL_TCP, TCP_DEFER_ACCEPT, 60);
            model.join();
        }

        private void leave(int index) throws IOException {
            boolean ended = random.nextBoolean();
            tell(index + (ended ? " is ended" : " is closed"));
            if (ended) {
                group.held(index).end();
            }
            group.leave(index);
            model.leave(member(index));
        }

        /** Only who has no handshake in flight, as one that ends behind a seal is deaf. */
        private void seal(int index) throws IOException {
            boolean sealed = !member(index).isSealed();
            if (!sealed) {
                tell("unseal " + index);
                group.held(index).unseal();
            } else if (member(index).inFlight().isEmpty()) {
                tell("seal " + index);
                group.held(index).seal();
            } else {
                return;
            }
            member(index).setLeastHops(sealed ? LeastHops.UNREACHABLE : 0);
        }

        /** Where the hash decides, it is only known whom it was by what he sends. */
        private void connect() throws IOException {
            OptionalInt led = led();
            if (led.isEmpty() && anySealed()) {
                return;
            }
            SocketChannel client = SocketChannel.open();
            client.configureBlocking(false);
            int port = ((InetSocketAddress) client.bind(null).getLocalAddress()).getPort();
            boolean connects = client.connect(server) || client.finishConnect();
            if (led.isPresent() && member(led.getAsInt()).isSealed()) {
                tell(port + " is turned away");
                assertThat(connects).as(toString()).isFalse();
                client.close();
                return;
            }
            assertThat(connects).as("connects: " + this).isTrue();
            clients.put(port, client);
            if (led.isPresent()) {
                tell(port + " connects");
                assertThat(chosen(client)).as(toString()).isSameAs(member(led.getAsInt()));
                assertThat(model.connect(port, chosen(client))).isTrue();
            } else {
                tell(port + " connects to anybody, and sends");
                model.connect(port, member(whoGets(client)));
                model.send(port);
            }
        }

        /** By the program that the kernel has, too. */
        private GroupModel.Member chosen(SocketChannel client) throws IOException {
            InetSocketAddress source = (InetSocketAddress) client.getLocalAddress();
            return model.at(model.chosen(source, 0), size -> {
                throw new AssertionError("the program leads: " + this);
            });
        }

        private int whoGets(SocketChannel client) throws IOException {
            client.write(ByteBuffer.wrap(new byte[] {'x'}));
            return await().pollDelay(Duration.ZERO)
                    .atMost(PATIENCE)
                    .until(this::longerThanTheModels, Optional::isPresent)
                    .orElseThrow();
        }

        private Optional<Integer> longerThanTheModels() throws IOException {
            for (int index = 0; index < size(); index++) {
                if (group.held(index).backlog().waiting() > member(index).waiting()) {
                    return Optional.of(index);
                }
            }
            return Optional.empty();
        }

        /** Where his listener has gone, his words go to whom a SYN would: a seal drops them, and he hears nothing. */
        private void send() throws IOException {
            OptionalInt led = led();
            boolean silent = led.isPresent() ? member(led.getAsInt()).isSealed() : anySealed();
            List<Integer> inFlight = model.inFlight();
            if (!silent && !inFlight.isEmpty()) {
                int port = inFlight.get(random.nextInt(inFlight.size()));
                tell(port + " sends");
                clients.get(port).write(ByteBuffer.wrap(new byte[] {'x'}));
                model.send(port);
            }
        }

        private boolean anySealed() {
            for (int index = 0; index < size(); index++) {
                if (member(index).isSealed()) {
                    return true;
                }
            }
            return false;
        }

        private void accept(int index) throws IOException {
            tell(index + " accepts");
            SocketChannel connection = group.worker(index).accept();
            OptionalInt client = connection == null
                    ? OptionalInt.empty()
                    : OptionalInt.of(((InetSocketAddress) connection.getRemoteAddress()).getPort());
            if (connection != null) {
                accepted.add(connection);
            }
            assertThat(client).as(toString()).isEqualTo(model.accept(member(index)));
        }

        private void compare() {
            await().pollDelay(Duration.ZERO).atMost(PATIENCE).untilAsserted(() -> {
                for (int index = 0; index < size(); index++) {
                    assertThat(group.held(index).backlog().waiting())
                            .as("what waits in " + index + ": " + this)
                            .isEqualTo(member(index).waiting());
                }
                for (Map.Entry<Integer, SocketChannel> client : clients.entrySet()) {
                    assertThat(isReset(client.getValue()))
                            .as(client.getKey() + " is reset: " + this)
                            .isEqualTo(model.fate(client.getKey()) == Fate.RESET);
                }
            });
        }

        /** Nobody answers here; who has been reset hears of it once, and reads the end from then on. */
        private static boolean isReset(SocketChannel client) {
            try {
                return client.read(ByteBuffer.allocate(1)) != 0;
            } catch (IOException e) {
                return true;
            }
        }

        @Override
        public String toString() {
            return "seed " + seed + ", " + model + " after " + story;
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel one : clients.values()) {
                one.close();
            }
            for (SocketChannel one : accepted) {
                one.close();
            }
            group.close();
        }
    }
}
