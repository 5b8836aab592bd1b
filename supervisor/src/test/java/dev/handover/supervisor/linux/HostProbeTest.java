package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class HostProbeTest {
    /** What the other tests of this package do, which need it. */
    @Test
    void thisHostCanSteerAndHold() {
        assertThat(HostProbe.steering()).isEmpty();
        assertThat(HostProbe.holding()).isEmpty();
    }

    @Test
    void itLeavesNoChildBehind() {
        HostProbe.holding();
        Stream<ProcessHandle> children = ProcessHandle.current()
                .children()
                .filter(child -> child.info().command().orElse("").endsWith("sleep"));
        assertThat(children.toList())
                .allSatisfy(child -> assertThat(child.onExit().join()).isNotNull());
    }
}
