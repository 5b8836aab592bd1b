package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** New generations of what serves: by {@code supervisorctl restart} and {@code scale}, as a user types them. */
@Timeout(180)
class RestartAndScaleTest {
    @Test
    void workersAreReplacedAndBecomeMoreAndFewerWithoutTheFile() throws Exception {
        int port = Supervised.freePort();
        String services = Example.HELLO.service("127.0.0.1", port, 2);
        try (Supervised supervised = Supervised.start(services)) {
            List<Long> first = supervised.workerPids();
            supervised.configure(services + "drain-timeout = \"7s\"\n");

            Ran restart = supervised.ctl("restart", "hello").succeeded();
            assertThat(restart.out()).contains("hello: generation 2 serves, generation 1 is gone", "lossless, steered");
            List<Long> second = supervised.workerPids();
            assertThat(second).hasSize(2).doesNotContainAnyElementsOf(first);
            assertThat(supervised.ctl("status").out())
                    .as("what the file says waits")
                    .contains("hello is changed");

            Ran up = supervised.ctl("scale", "hello", "3").succeeded();
            assertThat(up.out()).contains("hello: generation 3 serves, generation 2 is gone", "lossless, steered");
            assertThat(supervised.workerPids()).hasSize(3);
            supervised.killSupervisor();
            supervised.startAgain();
            supervised.awaitRunning();
            assertThat(supervised.workerPids()).hasSize(3);
            assertThat(supervised.ctl("status").out()).contains("hello is changed and runs with 3 workers, not 2");
            assertThat(supervised.ctl("scale", "hello", "3").succeeded().out()).contains("hello has 3 workers already");

            Ran reload = supervised.ctl("reload").succeeded();
            assertThat(reload.out()).contains("hello goes from 3 workers to 2", "lossless, steered");
            assertThat(supervised.workerPids()).hasSize(2);
            assertThat(supervised.ctl("scale", "hello", "0").exitCode()).isEqualTo(2);
        }
    }
}
