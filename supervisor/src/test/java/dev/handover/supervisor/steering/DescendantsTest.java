package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.terms.ProcessId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker (this process) whose listener a child of it had open that has ended. */
@Timeout(300)
class DescendantsTest {
    private static final ProcessId ENDED = new ProcessId(1L << 30, 1);

    private final HandTurns turns = new HandTurns();
    private final List<String> warnings = new ArrayList<>();
    private final Map<ProcessId, Runnable> watched = new HashMap<>();
    private LinuxKernel kernel;
    private OwnGroup group;
    private Member member;
    private boolean serves = true;
    private boolean replaced;
    private int tries;

    @BeforeEach
    void listen() throws Exception {
        kernel = new LinuxKernel();
        group = new OwnGroup("tcp://127.0.0.1:%d");
        long self = ProcessHandle.current().pid();
        member = new Member(
                Workers.id(1, 1),
                new ProcessId(self, Processes.stat(self).orElseThrow().startTicks()),
                group.join().held(),
                Optional.empty(),
                kernel);
    }

    @AfterEach
    void close() throws Exception {
        group.close();
        kernel.close();
    }

    private Descendants descendants(Descendants.Ends ends, Descendants.Replacement replacement) {
        return new Descendants(
                () -> serves ? List.of(member) : List.of(),
                generation -> serves ? Optional.of(List.of(group.address())) : Optional.empty(),
                replacement,
                kernel,
                ends,
                turns,
                warnings::add);
    }

    private Descendants descendants() {
        return descendants(watched::put, (worker, process, listen, now) -> {
            tries++;
            return replaced;
        });
    }

    @Test
    void workersThatListenThemselvesAreNotWatchedHere() {
        descendants().watch();
        assertThat(watched).isEmpty();
    }

    @Test
    void whoEndsIsLookedForUntilAnotherListensInItsPlace() {
        member.ownedBy(ENDED, 0);
        descendants().watch();
        assertThat(watched).containsOnlyKeys(ENDED);
        watched.get(ENDED).run();
        turns.pass(3_000);
        assertThat(tries).isGreaterThan(5);

        replaced = true;
        turns.pass(1_000);
        int until = tries;
        turns.pass(60_000);
        assertThat(tries).isEqualTo(until);
    }

    @Test
    void afterHalfAMinuteNobodyIsExpectedAnyMore() {
        member.ownedBy(ENDED, 0);
        descendants().watch();
        watched.get(ENDED).run();
        turns.pass(29_000);
        assertThat(turns.isIdle()).isFalse();
        turns.pass(2_000);
        assertThat(turns.isIdle()).isTrue();
    }

    @Test
    void nobodyIsLookedForOnceTheWorkersGenerationServesNoMore() {
        member.ownedBy(ENDED, 0);
        descendants().watch();
        watched.get(ENDED).run();
        serves = false;
        turns.pass(10);
        assertThat(turns.isIdle()).isTrue();
    }

    @Test
    void whoCannotBeWatchedIsLookedForAtOnce() {
        member.ownedBy(ENDED, 0);
        replaced = true;
        descendants(
                        (process, ended) -> {
                            throw new IOException("pidfd_open: EMFILE");
                        },
                        (worker, process, listen, now) -> {
                            tries++;
                            serves = false;
                            return true;
                        })
                .watch();
        turns.pass(0);
        assertThat(tries).isOne();
    }

    @Test
    void whatCannotBeSeenIsSaidOnce() {
        member.ownedBy(ENDED, 0);
        descendants(watched::put, (worker, process, listen, now) -> {
                    throw new IOException("no descriptor is left");
                })
                .watch();
        watched.get(ENDED).run();
        turns.pass(60_000);
        assertThat(warnings)
                .singleElement()
                .asString()
                .endsWith("a descendant has ended, and new connections may still go to it: no descriptor is left");
    }
}
