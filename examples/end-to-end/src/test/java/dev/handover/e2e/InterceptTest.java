package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.chaos.ChaosOptions;
import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.link.Link;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A program that never sets SO_REUSEPORT: {@link JvmServer#JDK}. */
@Isolated("puts the machine under load")
class InterceptTest {
    private static final int RELOADS = 2;
    private static final double RATE = 300;
    private static final Duration DURATION = Duration.ofSeconds(4);
    private static final int PORT_OVER_THE_LINK = 8080;

    @Test
    @Tag("chaos")
    void overALinkNothingIsLost() throws Exception {
        try (Link link = Chaos.link();
                Supervised supervised = Supervised.start(JvmServer.JDK.service(PORT_OVER_THE_LINK), link::inServer)) {
            LoadOptions load =
                    LoadOptions.of(new Target(Link.SERVER_ADDRESS, PORT_OVER_THE_LINK), Mode.HTTP, RATE, DURATION);
            ChaosOptions options = Chaos.options(load, RELOADS, supervised);
            Report report = ChaosRun.runOver(link, options);
            Chaos.isLossless(Chaos.shown("intercepted, over a link", report, supervised));
        }
    }

    @Test
    void theNextSupervisorAnswersItsBinds() throws Exception {
        try (Supervised supervised = Supervised.start(JvmServer.JDK.service(Supervised.freePort()))) {
            List<Long> before = supervised.workerPids();
            supervised.killSupervisor();
            supervised.startAgain();
            supervised.awaitRunning();
            assertThat(supervised.workerPids()).isEqualTo(before);
            Ran reload = supervised.ctl("reload");
            assertThat(reload.exitCode()).as(reload.err() + supervised.log()).isZero();
            assertThat(reload.out()).contains("lossless, steered");
        }
    }

    @Test
    void withoutItTheFirstStartSaysWhatToSet() throws Exception {
        try (Supervised supervised = Supervised.start(JvmServer.JDK.service(Supervised.freePort(), "program"))) {
            assertThat(supervised.ctl("status").out()).contains("plain").contains("reuseport = \"intercept\"");
            Ran doctor = supervised.ctl("doctor");
            assertThat(doctor.exitCode()).as(doctor.out()).isEqualTo(1);
            assertThat(doctor.out()).contains("reuseport = \"intercept\"");
            assertThat(supervised.log()).contains("WARN").doesNotContain("null");
            assertThat(supervised.ctl("reload").exitCode()).isEqualTo(1);
        }
    }
}
