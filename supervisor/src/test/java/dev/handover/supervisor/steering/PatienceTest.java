package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.ProcessId;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long what a dead worker left behind may wait for who adopts it. */
@Timeout(300)
class PatienceTest {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);
    private static final ProcessId DEAD = new ProcessId(1L << 30, 1);

    @Test
    void aDeadWorkersListenerIsAwaitedForSoLongAndAnewOnceNobodyIsSteeredToIt() throws Exception {
        try (OwnGroup group = new OwnGroup("tcp://127.0.0.1:%d");
                LinuxKernel kernel = new LinuxKernel()) {
            Member member = new Member(Workers.id(1, 1), DEAD, group.join().held(), Optional.empty(), kernel);
            assertThat(member.isAttended(0)).isFalse();
            member.orphan(Duration.ofNanos(PATIENCE), 0);
            assertThat(member.isAttended(PATIENCE - 1)).isTrue();
            assertThat(member.isAttended(PATIENCE)).isFalse();
            member.waitAnew(5);
            assertThat(member.isAttended(PATIENCE + 4)).isTrue();
            assertThat(member.isAttended(PATIENCE + 5)).isFalse();
        }
    }

    @Test
    void whatNobodyAdoptsIsLetGoOfWhenItsTimeIsOverAndIsLost() throws Exception {
        try (OwnGroup own = new OwnGroup("tcp://127.0.0.1:%d");
                LinuxKernel kernel = new LinuxKernel()) {
            OwnGroup.Pair dead = own.join();
            SteeredGroup group = new SteeredGroup(own.address(), kernel);
            Member member = new Member(Workers.id(1, 1), DEAD, dead.held(), Optional.empty(), kernel);
            group.hold(member);
            group.look();
            SocketChannel client = SocketChannel.open(OwnGroup.target(own.address()));
            try (client) {
                member.orphan(Duration.ofNanos(PATIENCE), 0);
                Orphan orphan = new Orphan(
                        group, new Departure(group, List.of(member), kernel), Duration.ofNanos(PATIENCE), kernel, 0);
                orphan.capture();
                assertThat(orphan.isOver(PATIENCE - 1)).isFalse();
                assertThat(orphan.isOver(PATIENCE)).isTrue();
                orphan.release(PATIENCE);
                assertThat(orphan.told(PATIENCE))
                        .contains(
                                "died with 1 connection that it had not accepted, and nobody adopted that within 10000 ms")
                        .endsWith("lost");
            }
        }
    }
}
