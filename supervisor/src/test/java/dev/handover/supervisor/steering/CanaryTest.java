package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.linux.ListenerProbe;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.linux.Split;
import dev.handover.supervisor.terms.Answers.Count;
import dev.handover.supervisor.terms.Answers.Share;
import dev.handover.supervisor.terms.CanaryShare;
import dev.handover.supervisor.terms.ClientRange;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.HealthSpec;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Percentage;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.SteeringStatus;
import dev.handover.supervisor.terms.SteeringStatus.Arrivals;
import dev.handover.supervisor.terms.SteeringStatus.Role;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Some clients are led to a second generation, in the kernel that runs. */
@Timeout(300)
class CanaryTest {
    private static final String OFFICE = "127.3.0.0/16";
    private static final String IPV4 = "tcp://127.0.0.1:%d";
    private static final String DUAL_STACK = "tcp://[::]:%d?dual-stack";

    private final Workers workers = new Workers();
    private final Steered steering = new Steered();

    private final List<SocketChannel> open = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (SocketChannel client : open) {
            client.close();
        }
        steering.close();
        workers.close();
    }

    private static CanaryShare share(String percentage, String... ranges) {
        return new CanaryShare(Stream.of(ranges).map(ClientRange::parse).toList(), Percentage.parse(percentage));
    }

    private static Event shared(int generation) {
        return new Event.Shared(Workers.WEB, Workers.generation(generation));
    }

    private static Event steered(int generation) {
        return new Event.Steered(Workers.WEB, Workers.generation(generation), Ledger.Mode.STEERED, "");
    }

    /** A hundred clients, some of them in the office. */
    private static List<InetAddress> sources() throws IOException {
        List<InetAddress> sources = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sources.add(InetAddress.getByName("127." + i % 5 + ".1." + (i + 1)));
        }
        return sources;
    }

    private static InetSocketAddress server(ListenAddress address) {
        return new InetSocketAddress("127.0.0.1", address.port());
    }

    /** Asks from every source, and expects the canary's name where the share says so. */
    private static void assertShared(ListenAddress address, int canary, int serving, CanaryShare share)
            throws IOException {
        Split split = new Split(Workers.WEB, Workers.generation(canary), share);
        for (InetAddress source : sources()) {
            assertThat(Clients.one(new InetSocketAddress(source, 0), server(address)))
                    .as("%s of %s", source, share)
                    .startsWith("web/g" + (split.leads(source) ? canary : serving) + "/");
        }
    }

    private static Set<String> names(ListenAddress address) throws IOException {
        Set<String> names = new TreeSet<>();
        for (InetAddress source : sources()) {
            names.add(Clients.one(new InetSocketAddress(source, 0), server(address)));
        }
        return names;
    }

    /** Whose first generation serves, and whose second gets some. */
    private Map<WorkerId, ProcessId> begun(int old, int next, CanaryShare share, ListenAddress address)
            throws Exception {
        steering.flip(1, workers.start(1, old, "", address), address);
        Map<WorkerId, ProcessId> second = workers.start(2, next, "", address);
        assertThat(steering.share(2, second, share, address)).isEqualTo(shared(2));
        return second;
    }

    @ParameterizedTest
    @ValueSource(strings = {IPV4, DUAL_STACK})
    void noConnectionIsLostAsItGrowsAndIsPromoted(String form) throws Exception {
        ListenAddress address = Workers.free(form);
        Map<WorkerId, ProcessId> first = workers.start(1, 2, "", address);
        steering.flip(1, first, address);
        Clients clients = new Clients(address);
        Map<WorkerId, ProcessId> second = workers.start(2, 3, "", address);
        for (String percentage : List.of("0%", "10%", "50%", "100%")) {
            CanaryShare share = share(percentage, OFFICE);
            assertThat(steering.share(2, second, share, address)).isEqualTo(shared(2));
            assertShared(address, 2, 1, share);
        }
        assertThat(steering.roles()).containsOnly(Role.SERVES, Role.CANARY).hasSize(5);

        steering.flip(2, second, address);

        assertThat(names(address)).allMatch(name -> name.startsWith("web/g2/"));
        assertThat(steering.quiesce(1, Steered.LIMIT).empty()).isTrue();
        workers.end(1);
        Ledger ledger = steering.release(1);
        assertThat(ledger.isLossless()).as(ledger.toString()).isTrue();
        assertThat(clients.served().keySet()).allMatch(name -> name.startsWith("web/g"));
        assertThat(clients.sentAgain()).as("SYNs sent again").isZero();
        assertThat(steering.split()).isEmpty();
        assertThat(steering.warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {IPV4, DUAL_STACK})
    void noConnectionIsLostAsItIsTakenBackHoweverOften(String form) throws Exception {
        ListenAddress address = Workers.free(form);
        Map<WorkerId, ProcessId> first = workers.start(1, 2, "", address);
        steering.flip(1, first, address);
        Clients clients = new Clients(address);
        for (int canary = 2; canary <= 4; canary++) {
            CanaryShare share = share("50%", "127.0.0.1/32");
            assertThat(steering.share(canary, workers.start(canary, 2, "", address), share, address))
                    .isEqualTo(shared(canary));
            assertShared(address, canary, 1, share);

            await().untilAsserted(() -> assertThat(
                            steering.split().orElseThrow().ever().connections())
                    .isPositive());
            Event.CanaryMet met = (Event.CanaryMet) steering.steerBack(1, first, address);
            assertThat(met.generation()).isEqualTo(new GenerationId(canary));
            assertThat(met.met().connections()).isPositive();
            assertThat(met.met().first()).isNotEmpty();
            assertThat(steering.next()).isEqualTo(steered(1));

            assertThat(names(address)).allMatch(name -> name.startsWith("web/g1/"));
            assertThat(steering.quiesce(canary, Steered.LIMIT).empty()).isTrue();
            workers.end(canary);
            Ledger ledger = steering.release(canary);
            assertThat(ledger.isLossless()).as(ledger.toString()).isTrue();
            assertThat(steering.roles()).containsExactly(Role.SERVES, Role.SERVES);
        }
        assertThat(clients.served().keySet()).allMatch(name -> name.startsWith("web/g"));
        assertThat(clients.sentAgain()).as("SYNs sent again").isZero();
        assertThat(steering.warnings()).isEmpty();
    }

    /** The ledger counts how often the program was set. */
    @Test
    void eachStepSetsOneProgram() throws Exception {
        assertThat(programs(7) - programs(3)).isEqualTo(4);
    }

    private int programs(int steps) throws Exception {
        try (Workers own = new Workers();
                Steered one = new Steered()) {
            ListenAddress address = Workers.free(IPV4);
            one.flip(1, own.start(1, 3, "", address), address);
            Map<WorkerId, ProcessId> second = own.start(2, 2, "", address);
            for (int step = 1; step <= steps; step++) {
                one.share(2, second, new CanaryShare(List.of(), new Percentage(step)), address);
            }
            one.flip(2, second, address);
            one.quiesce(1, Steered.LIMIT);
            own.end(1);
            return one.release(1).groups().get(0).programs();
        }
    }

    @Test
    void everyAddressOfTheServiceIsShared() throws Exception {
        ListenAddress one = Workers.free(IPV4);
        ListenAddress other = Workers.free(DUAL_STACK);
        CanaryShare share = share("30%", OFFICE);
        steering.flip(1, workers.start(1, 1, "", one, other), one, other);
        assertThat(steering.share(2, workers.start(2, 1, "", one, other), share, one, other))
                .isEqualTo(shared(2));
        assertShared(one, 2, 1, share);
        assertShared(other, 2, 1, share);
    }

    /** Until all clients are moved, nothing but the kernel's hash leads anybody there. */
    @Test
    void anAddressThatIsNewIsSteeredFromThePromotionOn() throws Exception {
        ListenAddress one = Workers.free(IPV4);
        ListenAddress added = Workers.free(IPV4);
        CanaryShare share = share("30%");
        steering.flip(1, workers.start(1, 1, "", one), one);
        Map<WorkerId, ProcessId> second = workers.start(2, 2, "", one, added);
        assertThat(steering.share(2, second, share, one, added)).isEqualTo(shared(2));
        assertShared(one, 2, 1, share);
        assertThat(names(added)).containsExactly("web/g2/w1", "web/g2/w2");
        steering.flip(2, second, one, added);
        assertThat(names(added)).containsExactly("web/g2/w1", "web/g2/w2");
        assertThat(steering.roles()).filteredOn(Role.SERVES::equals).hasSize(4);
    }

    @Test
    void aCanarysWorkerThatDiesLeavesItsShareToItsSiblingsAndTheLastOneToThoseThatServe() throws Exception {
        ListenAddress address = Workers.free(IPV4);
        CanaryShare share = share("50%", OFFICE);
        begun(2, 2, share, address);
        workers.kill(Workers.id(2, 1));
        steering.steerAway(Workers.id(2, 1));
        assertShared(address, 2, 1, share);
        workers.kill(Workers.id(2, 2));
        steering.steerAway(Workers.id(2, 2));
        assertThat(names(address)).containsExactly("web/g1/w1", "web/g1/w2");
        CanaryShare next = share("60%", OFFICE);
        assertThat(steering.share(2, Map.of(), next, address)).isEqualTo(shared(2));
        assertThat(names(address)).containsExactly("web/g1/w1", "web/g1/w2");

        steering.rejoin(Workers.id(2, 2), workers.start(Workers.id(2, 2), "", address));

        assertShared(address, 2, 1, next);
        steering.rejoin(Workers.id(2, 1), workers.start(Workers.id(2, 1), "", address));
        assertThat(names(address)).containsExactly("web/g1/w1", "web/g1/w2", "web/g2/w1", "web/g2/w2");
        assertShared(address, 2, 1, next);
        assertThat(steering.warnings()).isEmpty();
    }

    @Test
    void aWorkerThatServesDiesAndComesBackWhereItWas() throws Exception {
        ListenAddress address = Workers.free(IPV4);
        CanaryShare share = share("50%", OFFICE);
        Map<WorkerId, ProcessId> second = begun(2, 2, share, address);
        workers.kill(Workers.id(1, 1));
        steering.steerAway(Workers.id(1, 1));
        assertThat(names(address)).containsExactly("web/g1/w2", "web/g2/w1", "web/g2/w2");
        steering.rejoin(Workers.id(1, 1), workers.start(Workers.id(1, 1), "", address));
        assertThat(names(address)).containsExactly("web/g1/w1", "web/g1/w2", "web/g2/w1", "web/g2/w2");
        assertShared(address, 2, 1, share);

        steering.flip(2, second, address);

        assertThat(names(address)).containsExactly("web/g2/w1", "web/g2/w2");
        assertThat(steering.quiesce(1, Steered.LIMIT).empty()).isTrue();
        workers.end(1);
        assertThat(steering.release(1).isLossless()).isTrue();
        assertThat(steering.roles()).containsExactly(Role.SERVES, Role.SERVES);
        assertThat(steering.warnings()).isEmpty();
    }

    /** Whoever stands in for the one that served is not the canary's. */
    @Test
    void theOnlyWorkerThatServesComesBackBesideACanaryThatIsUntouched() throws Exception {
        ListenAddress address = Workers.free(IPV4);
        CanaryShare share = share("0%", OFFICE);
        begun(1, 1, share, address);
        workers.kill(Workers.id(1, 1));
        steering.steerAway(Workers.id(1, 1));
        InetSocketAddress office = new InetSocketAddress("127.3.1.1", 0);
        assertThat(Clients.one(office, server(address))).isEqualTo("web/g2/w1");
        workers.kill(Workers.id(2, 1));
        steering.steerAway(Workers.id(2, 1));
        steering.rejoin(Workers.id(2, 1), workers.start(Workers.id(2, 1), "", address));
        assertThat(Clients.one(office, server(address))).isEqualTo("web/g2/w1");
        assertThat(steering.roles()).contains(Role.STAND_IN);
        steering.rejoin(Workers.id(1, 1), workers.start(Workers.id(1, 1), "", address));
        assertShared(address, 2, 1, share);
    }

    @Test
    void aCanarysListenerThatIsClosedAndOpenedAgainIsFollowed() throws Exception {
        ListenAddress address = Workers.free(IPV4);
        CanaryShare share = share("50%");
        Map<WorkerId, ProcessId> second = begun(1, 1, share, address);
        WorkerId canary = Workers.id(2, 1);
        ProcessId process = second.get(canary);
        toggle(canary, process, address, false);
        steering.relisten(canary, process);
        assertThat(names(address)).containsExactly("web/g1/w1");
        toggle(canary, process, address, true);
        steering.relisten(canary, process);
        assertShared(address, 2, 1, share);
    }

    private void toggle(WorkerId worker, ProcessId process, ListenAddress address, boolean listens) throws Exception {
        workers.signal("USR2", worker);
        try (SockDiag sockets = new SockDiag()) {
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> new ListenerProbe(sockets)
                                    .search(process.pid(), List.of(address))
                                    .complete()
                            == listens);
        }
    }

    @Test
    void anUnhealthyWorkerOfACanaryIsPassedByItsSiblings() throws Exception {
        ListenAddress address = Workers.free(IPV4);
        CanaryShare share = share("50%");
        Map<WorkerId, ProcessId> second = begun(2, 2, share, address);
        WorkerId one = Workers.id(2, 1);
        steering.setAside(one, second.get(one), true);
        assertThat(names(address)).containsExactly("web/g1/w1", "web/g1/w2", "web/g2/w2");
        assertThat(steering.share(2, second, share("80%"), address)).isEqualTo(shared(2));
        assertThat(names(address)).containsExactly("web/g1/w1", "web/g1/w2", "web/g2/w2");
        steering.flip(2, second, address);
        assertThat(names(address)).containsExactly("web/g2/w2");
        steering.setAside(one, second.get(one), false);
        assertThat(names(address)).containsExactly("web/g2/w1", "web/g2/w2");
    }

    @Test
    void whoeverIsAsideWhereItServesStaysSoWhenACanaryIsTakenBack() throws Exception {
        ListenAddress address = Workers.free(IPV4);
        Map<WorkerId, ProcessId> first = workers.start(1, 2, "", address);
        steering.flip(1, first, address);
        WorkerId one = Workers.id(1, 1);
        steering.setAside(one, first.get(one), true);
        steering.share(2, workers.start(2, 1, "", address), share("50%"), address);
        assertThat(steering.steerBack(1, first, address)).isInstanceOf(Event.CanaryMet.class);
        assertThat(steering.next()).isEqualTo(steered(1));
        assertThat(names(address)).containsExactly("web/g1/w2");
    }

    @Test
    void aCanaryThatLeavesUnaskedGetsNobodyAnyMore() throws Exception {
        ListenAddress address = Workers.free(IPV4);
        begun(1, 2, share("50%"), address);
        assertThat(steering.quiesce(2, Steered.LIMIT).empty()).isTrue();
        assertThat(names(address)).containsExactly("web/g1/w1");
        workers.end(2);
        assertThat(steering.release(2).isLossless()).isTrue();
        assertThat(names(address)).containsExactly("web/g1/w1");
    }

    @Test
    void nothingIsMovedWhereItCantBe() throws Exception {
        ListenAddress address = Workers.free(IPV4);
        ListenAddress other = Workers.free(IPV4);
        CanaryShare share = share("50%");
        Map<WorkerId, ProcessId> first = workers.start(1, 1, "", address, other);
        assertUnfit(steering.share(1, first, share, address, other), "no other generation is steered to");
        steering.flip(1, first, address, other);
        assertUnfit(steering.share(1, first, share, address, other), "no other generation is steered to");
        assertUnfit(
                steering.share(2, workers.start(2, 1, "", address), share, address, other),
                "no worker of generation 2 listens on " + other);
        assertUnfit(
                steering.share(3, workers.start(3, 1, "dual", address, other), share, address, other),
                "to the kernel these are different groups");
        Map<WorkerId, ProcessId> fourth = workers.start(4, 2, "", address, other);
        workers.kill(Workers.id(4, 2));
        assertUnfit(steering.share(4, fourth, share, address, other), "has ended");
        assertThat(names(address)).containsExactly("web/g1/w1");
        Map<WorkerId, ProcessId> fifth = workers.start(5, 1, "", address, other);
        assertThat(steering.share(5, fifth, share, address, other)).isEqualTo(shared(5));
        assertUnfit(
                steering.share(6, workers.start(6, 1, "", address, other), share, address, other),
                "generation 5 is a canary already");
        assertShared(address, 5, 1, share);
    }

    private static void assertUnfit(Event event, String reason) {
        assertThat(event).isInstanceOf(Event.Unfit.class);
        assertThat(((Event.Unfit) event).reason()).contains(reason);
    }

    @Test
    void theNextSupervisorLeadsTheSameClientsToIt() throws Exception {
        ListenAddress address = Workers.free(IPV4);
        CanaryShare share = share("50%", OFFICE);
        Map<WorkerId, ProcessId> first = workers.start(1, 2, "", address);
        Map<WorkerId, ProcessId> second = workers.start(2, 2, "", address);
        try (Steered earlier = new Steered()) {
            earlier.flip(1, first, address);
            assertThat(earlier.share(2, second, share, address)).isEqualTo(shared(2));
        }
        assertShared(address, 2, 1, share);
        steering.flip(1, first, address);
        assertThat(steering.share(2, second, share, address)).isEqualTo(shared(2));
        assertShared(address, 2, 1, share);
    }

    @Test
    void datagramsAreSharedByTheirClientsToo() throws Exception {
        ListenAddress address = Workers.free("udp://127.0.0.1:%d");
        CanaryShare share = share("30%", OFFICE);
        Split split = new Split(Workers.WEB, Workers.generation(2), share);
        begun(2, 2, share, address);
        for (InetAddress source : sources()) {
            assertThat(answer(source, address))
                    .as(source.toString())
                    .startsWith("web/g" + (split.leads(source) ? 2 : 1) + "/");
        }
        assertThat(steering.split().orElseThrow().unseen())
                .isEqualTo("datagrams are in no connection that could be counted");
    }

    private static String answer(InetAddress source, ListenAddress address) throws IOException {
        try (DatagramChannel client = DatagramChannel.open()) {
            client.bind(new InetSocketAddress(source, 0));
            client.socket().setSoTimeout(60_000);
            client.send(ByteBuffer.wrap(new byte[] {'x'}), server(address));
            ByteBuffer answer = ByteBuffer.allocate(64);
            client.receive(answer);
            return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {IPV4, DUAL_STACK})
    void whatComesIsCountedByGeneration(String form) throws Exception {
        ListenAddress address = Workers.free(form);
        CanaryShare share = share("30%", OFFICE);
        Map<WorkerId, ProcessId> first = workers.start(1, 2, "", address);
        Map<WorkerId, ProcessId> second = workers.start(2, 2, "", address);
        steering.flip(1, first, address);
        SocketChannel before = connect("127.3.9.9", address);
        assertThat(steering.share(2, second, share, address)).isEqualTo(shared(2));
        before.close();
        assertShared(address, 2, 1, share);
        long led = sources().stream()
                .filter(new Split(Workers.WEB, Workers.generation(2), share)::leads)
                .count();
        Arrivals toCanary = new Arrivals(led, led);
        awaitSplit(share, toCanary, new Arrivals(100 - led, 100 - led), toCanary);

        HealthSpec health = new HealthSpec(
                new HealthSpec.Tcp(), Duration.ofSeconds(5), Duration.ofSeconds(60), 3, HealthSpec.Then.STEER_AWAY);
        steering.askHealth(Workers.id(2, 1), second.get(Workers.id(2, 1)), health, address);
        CanaryShare next = share("100%");
        steering.share(2, second, next, address);
        InetSocketAddress source = new InetSocketAddress("127.3.9.9", 0);
        assertThat(Clients.one(source, server(address))).startsWith("web/g2/");
        Arrivals none = new Arrivals(0, 0);
        awaitSplit(next, new Arrivals(1, 1), none, new Arrivals(led + 1, led + 1));
        connect("127.3.9.9", address);
        connect("127.3.9.9", address);
        awaitSplit(next, new Arrivals(3, 1), none, new Arrivals(led + 3, led + 1));
    }

    /** Half the clients come to a canary whose worker is so. */
    private Event.Compared compared(String form, String options, boolean wait) throws Exception {
        ListenAddress address = Workers.free(form);
        steering.flip(1, workers.start(1, 1, "", address), address);
        Map<WorkerId, ProcessId> second = workers.start(2, 1, options, address);
        assertThat(steering.share(2, second, share("50%"), address)).isEqualTo(shared(2));
        for (InetAddress source : sources()) {
            SocketChannel client = connect(source.getHostAddress(), address);
            client.write(ByteBuffer.wrap(new byte[] {'x'}));
            if (!wait) {
                client.read(ByteBuffer.allocate(64));
                client.close();
            }
        }
        return comparedOf(sources().size());
    }

    /** Each is another client's. */
    private static Count count(long some, long of) {
        long worst = Math.min(1, some);
        return new Count(new Share(some, of), of, some, new Share(worst, worst));
    }

    private static long led() throws IOException {
        Split half = new Split(Workers.WEB, Workers.generation(2), share("50%"));
        return sources().stream().filter(half::leads).count();
    }

    @ParameterizedTest
    @ValueSource(strings = {IPV4, DUAL_STACK})
    void oneThatClosesWithoutAWordIsSeen(String form) throws Exception {
        Event.Compared seen = compared(form, "mute", false);
        assertThat(seen.canary().unanswered()).isEqualTo(count(led(), led()));
        assertThat(seen.serving().unanswered()).isEqualTo(count(0, 100 - led()));
    }

    @Test
    void oneThatNeverAnswersIsSeenWhileItsClientsWait() throws Exception {
        Event.Compared seen = compared(IPV4, "hang", true);
        assertThat(seen.canary().unanswered()).isEqualTo(count(led(), led()));
        assertThat(seen.serving().unanswered()).isEqualTo(count(0, 100 - led()));
    }

    @Test
    void oneThatAnswersIsSeenToo() throws Exception {
        Event.Compared seen = compared(IPV4, "", false);
        assertThat(seen.canary().unanswered()).isEqualTo(count(0, led()));
        assertThat(seen.serving().unanswered()).isEqualTo(count(0, 100 - led()));
    }

    /** It takes a third of a second from when the last of them has asked. */
    @Test
    void oneThatAnswersLateIsSeen() throws Exception {
        Event.Compared seen = compared(IPV4, "late=" + led(), true);
        assertThat(seen.canary().unanswered().all().of()).isEqualTo(led());
        assertThat(seen.canary().late().get(1)).isEqualTo(count(led(), led()));
    }

    @Test
    void oneThatClosesOnClientsThatWaitForAGreetingIsSeen() throws Exception {
        ListenAddress address = Workers.free(IPV4);
        steering.flip(1, workers.start(1, 1, "", address), address);
        steering.share(2, workers.start(2, 1, "shut", address), share("100%"), address);
        for (InetAddress source : sources()) {
            SocketChannel client = connect(source.getHostAddress(), address);
            assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            client.close();
        }
        assertThat(comparedOf(100).canary().unanswered()).isEqualTo(count(100, 100));
    }

    @Test
    void clientsThatAskForNothingAndLeaveAreNoMatter() throws Exception {
        ListenAddress address = Workers.free(IPV4);
        begun(1, 1, share("100%"), address);
        for (InetAddress source : sources()) {
            SocketChannel client = connect(source.getHostAddress(), address);
            client.setOption(StandardSocketOptions.SO_LINGER, source.getAddress()[3] % 2 == 0 ? 0 : -1);
            client.close();
        }
        for (InetAddress source : sources()) {
            Clients.one(new InetSocketAddress(source, 0), server(address));
        }
        assertThat(comparedOf(100).canary().unanswered()).isEqualTo(count(0, 100));
    }

    /** The first of at least so many connections. */
    private Event.Compared comparedOf(int connections) throws Exception {
        Event.Compared seen = steering.compared();
        while (seen.canary().unanswered().all().of()
                        + seen.serving().unanswered().all().of()
                < connections) {
            seen = steering.compared();
        }
        return seen;
    }

    private SocketChannel connect(String source, ListenAddress address) throws IOException {
        SocketChannel client = SocketChannel.open();
        open.add(client);
        client.bind(new InetSocketAddress(source, 0)).connect(server(address));
        return client;
    }

    /** The worker's side of a connection may end after the client's. */
    private void awaitSplit(CanaryShare share, Arrivals toCanary, Arrivals toServing, Arrivals ever) {
        await().atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(steering.split())
                        .contains(
                                new SteeringStatus.Split(Workers.generation(2), share, toCanary, toServing, ever, "")));
    }
}
