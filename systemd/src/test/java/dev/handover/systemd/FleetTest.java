package dev.handover.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.harness.Checkout;
import dev.handover.harness.Ran;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The fleet of examples/ansible: hosts with a systemd each, a balancer in front of them, and versions rolled out under load. */
@Tag("systemd")
@Timeout(1200)
class FleetTest {
    private static final int CANNOT = 77;
    private static final Duration LIMIT = Duration.ofMinutes(18);

    @Test
    void goodVersionReachesEveryHostAndBadOneStopsAtTheFirstAndNobodyIsDropped() throws Exception {
        assumeTrue(System.getProperty("fleet") != null, "takes minutes of two cores: -Dfleet");
        Ran ran = Ran.run(
                LIMIT,
                Map.of("JAVA_HOME", System.getProperty("java.home")),
                List.of(Checkout.example("ansible/test/rollout").toString()));
        assumeFalse(ran.exitCode() == CANNOT, () -> ran.err().strip());
        System.out.println(ran.out());
        assertThat(ran.exitCode()).as(ran::toString).isZero();
    }

    @Test
    void whatIsSaidOfAThousandHostsIsWhatTheSimulationSays() throws Exception {
        String figures = Ran.run(
                        Duration.ofMinutes(2),
                        List.of("python3", Checkout.example("ansible/budget.py").toString()))
                .succeeded()
                .out();
        String document = Files.readString(Checkout.file("docs/fleet.md"));
        assertThat(figures.split("\n\n"))
                .allSatisfy(table -> assertThat(document).contains(table.strip()));
    }
}
