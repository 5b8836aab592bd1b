package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.Door;
import dev.handover.supervisor.linux.SocketRow;
import dev.handover.supervisor.linux.Split;
import dev.handover.supervisor.terms.CanaryShare;
import dev.handover.supervisor.terms.Percentage;
import dev.handover.supervisor.terms.ProcessId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to the group in the real kernel between a look and what is done on it. */
@Timeout(300)
class SteeredGroupTest {
    /** What to do behind each of the looks to come. */
    private final Queue<Runnable> behindLooks = new ArrayDeque<>();

    private final List<SteeredGroup> groups = new ArrayList<>();
    private OwnGroup kernel;
    private LinuxKernel linux;

    private interface Change {
        void run() throws IOException;
    }

    private void behindTheNextLook(Change change) {
        behindLooks.add(() -> {
            try {
                change.run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private void open(String form) throws IOException {
        kernel = new OwnGroup(form);
        linux = new LinuxKernel();
    }

    @AfterEach
    void close() throws IOException {
        groups.forEach(SteeredGroup::dropAll);
        kernel.close();
        linux.close();
    }

    private SteeredGroup group() {
        SteeredGroup made = new SteeredGroup(kernel.address(), linux, () -> {
            List<SocketRow> rows = linux.listeners(kernel.address());
            Runnable change = behindLooks.poll();
            if (change != null) {
                change.run();
            }
            return rows;
        });
        groups.add(made);
        return made;
    }

    private Member hold(SteeredGroup group, OwnGroup.Pair pair, int generation) {
        ProcessId self = new ProcessId(ProcessHandle.current().pid(), 1);
        Member member = new Member(Workers.id(generation, 1), self, pair.held(), Optional.empty(), linux);
        group.hold(member);
        return member;
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:%d", "tcp://[::1]:%d", "udp://127.0.0.1:%d", "udp://[::1]:%d"})
    void whoJoinsWhileAnotherLeavesIsReachedAllTheSame(String form) throws Exception {
        open(form);
        OwnGroup.Pair first = kernel.join();
        SteeredGroup group = group();
        Member old = hold(group, first, 1);
        OwnGroup.Pair second = kernel.join();
        Member serves = hold(group, second, 2);
        group.look();
        group.serve(List.of(serves));
        OwnGroup.Pair third = kernel.join();
        Member newcomer = hold(group, third, 3);
        group.look();

        OwnGroup.Pair[] late = new OwnGroup.Pair[1];
        behindTheNextLook(() -> late[0] = kernel.join());
        kernel.die(first);
        group.release(List.of(old), 0);
        assertThat(kernel.client()).contains(second);

        Member latecomer = hold(group, late[0], 3);
        group.look();
        group.serve(List.of(latecomer));
        assertThat(kernel.client()).contains(late[0]);
        group.serve(List.of(newcomer));
        assertThat(kernel.client()).contains(third);
    }

    @Test
    void whatWaitsInADeadWorkersListenerIsWaitedForUntilItIsKnownWhetherItCanBeAdopted() throws Exception {
        open("tcp://127.0.0.1:%d");
        OwnGroup.Pair pair = kernel.join();
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        Member dead = new Member(Workers.id(1, 1), new ProcessId(ended.pid(), 1), pair.held(), Optional.empty(), linux);
        Departure departure = new Departure(group(), List.of(dead), linux);
        try (SocketChannel client = SocketChannel.open(OwnGroup.target(kernel.address()))) {
            assertThat(client.isConnected()).isTrue();
            assertThat(departure.isEmpty(0)).isFalse();
            dead.orphan(Duration.ZERO, 0);
            assertThat(departure.isEmpty(0)).as("nobody can").isTrue();
        }
    }

    @Test
    void whatADeadWorkerLeftAndWasLetGoOfDoesNotKeepTheRestFromLeaving() throws Exception {
        open("tcp://127.0.0.1:%d");
        OwnGroup.Pair first = kernel.join();
        OwnGroup.Pair second = kernel.join();
        OwnGroup.Pair third = kernel.join();
        SteeredGroup group = group();
        Member dead = hold(group, first, 1);
        Member leaves = hold(group, second, 1);
        Member serves = hold(group, third, 2);
        group.look();
        group.serve(List.of(serves));
        Departure departure = new Departure(group, List.of(dead, leaves), linux);
        kernel.die(first);
        group.drop(List.of(dead));

        assertThat(departure.isEmpty(0))
                .as("others have moved, which is looked into once")
                .isFalse();
        assertThat(departure.isEmpty(0)).isTrue();
        kernel.die(second);
        departure.release(0);

        assertThat(leaves.listener().isHeld()).isFalse();
        assertThat(departure.lost()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:%d", "tcp://[::1]:%d", "udp://127.0.0.1:%d", "udp://[::1]:%d"})
    void eachShareSetsOneProgramAndSoDoesItsEnd(String form) throws Exception {
        open(form);
        OwnGroup.Pair first = kernel.join();
        SteeredGroup group = group();
        Member old = hold(group, first, 1);
        List<Member> canary = List.of(hold(group, kernel.join(), 2), hold(group, kernel.join(), 2));
        group.look();
        group.serve(List.of(old));
        group.takePrograms();
        for (int percent : new int[] {0, 1, 10, 50, 100}) {
            group.share(split(percent), canary);
            assertThat(group.takePrograms()).isEqualTo(1);
        }
        group.shareNoMore();
        assertThat(group.takePrograms()).isEqualTo(1);
        assertThat(kernel.client()).contains(first);
        group.share(split(100), canary);
        group.takePrograms();
        group.serveAlone(canary);
        assertThat(group.takePrograms()).isEqualTo(1);
        group.shareNoMore();
        assertThat(group.takePrograms()).isZero();
        assertThat(kernel.client().orElseThrow()).isNotEqualTo(first);
    }

    private static Split split(int percent) {
        return new Split(Workers.WEB, Workers.generation(2), new CanaryShare(List.of(), new Percentage(percent * 100)));
    }

    /** What the program names on either side is right before and after each that leaves. */
    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:%d", "tcp://[::1]:%d", "udp://127.0.0.1:%d"})
    void whoLeavesInFrontOfACanaryKeepsHisPlaceUntilItIsNobodysLoss(String form) throws Exception {
        open(form);
        OwnGroup.Pair gone = kernel.join();
        SteeredGroup group = group();
        Member dead = hold(group, gone, 1);
        OwnGroup.Pair serving = kernel.join();
        Member serves = hold(group, serving, 1);
        OwnGroup.Pair tried = kernel.join();
        Member canary = hold(group, tried, 2);
        group.look();
        group.serve(List.of(serves));
        group.share(split(100), List.of(canary));
        kernel.die(gone);
        group.release(List.of(dead), 0);
        assertThat(kernel.client()).contains(tried);
        group.share(split(0), List.of(canary));
        assertThat(kernel.client()).contains(serving);
        OwnGroup.Pair newcomer = kernel.join();
        hold(group, newcomer, 1);
        group.release(List.of(), 0);
        assertThat(group.order()).hasSize(3);
        assertThat(kernel.client()).contains(serving);
        group.share(split(100), List.of(canary));
        assertThat(kernel.client()).contains(tried);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:%d", "tcp://[::1]:%d", "udp://127.0.0.1:%d", "udp://[::1]:%d"})
    void strangerThatLeavesWhileAnotherLeavesMovesNobodyUnseen(String form) throws Exception {
        open(form);
        OwnGroup.Pair stranger = kernel.join();
        SteeredGroup group = group();
        OwnGroup.Pair leaving = kernel.join();
        Member old = hold(group, leaving, 1);
        OwnGroup.Pair one = kernel.join();
        OwnGroup.Pair two = kernel.join();
        List<Member> serving = List.of(hold(group, one, 2), hold(group, two, 2));
        group.look();
        group.serve(serving);
        kernel.join(); // in the last place, so that even flows allow the old one to leave

        behindTheNextLook(() -> kernel.leave(stranger));
        kernel.die(leaving);
        group.release(List.of(old), 0);
        for (Member each : serving) {
            group.serve(List.of(each));
            assertThat(kernel.client().orElseThrow().held()).isSameAs(each.listener());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:%d", "tcp://[::1]:%d"})
    void aDoorLeadsToItsMemberWhoeverLeavesAndWhoeverIsNew(String form) throws Exception {
        open(form);
        OwnGroup.Pair stranger = kernel.join();
        SteeredGroup group = group();
        OwnGroup.Pair leaving = kernel.join();
        Member old = hold(group, leaving, 1);
        OwnGroup.Pair serving = kernel.join();
        Member serves = hold(group, serving, 1);
        OwnGroup.Pair fresh = kernel.join();
        Member behind = hold(group, fresh, 2); // the last one, whom every leave moves
        group.look();
        group.serve(List.of(serves));
        try (Door door = Door.open(kernel.address(), Door.target(kernel.address()))) {
            group.openDoors(Map.of(door.source(), behind));
            assertThat(through(door)).contains(fresh);

            kernel.die(leaving);
            group.release(List.of(old), 0);
            assertThat(through(door)).as("when one has been released").contains(fresh);
            kernel.leave(stranger);
            group.look();
            assertThat(through(door)).as("when a stranger has left").contains(fresh);
            Member newcomer = hold(group, kernel.join(), 3);
            group.look();
            assertThat(through(door)).as("when one has come").contains(fresh);
            group.serve(List.of(serves, newcomer));
            assertThat(through(door)).as("when others serve").contains(fresh);
            group.serve(List.of(serves));
            assertThat(kernel.client()).contains(serving);

            group.closeDoors(Set.of(door.source()));
            assertThat(through(door)).as("when it is closed").contains(serving);
        }
    }

    private Optional<OwnGroup.Pair> through(Door door) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setReuseAddress(true);
            socket.setSoLinger(true, 0);
            socket.bind(door.source());
            socket.connect(door.target(), 5000);
            return kernel.awaitTaker();
        }
    }
}
