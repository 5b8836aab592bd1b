package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A service whose worker has been started again too often stays down, and says so, until it is asked for. */
class GivenUpTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static String service(String script) {
        return "[services.app]\ncommand = [\"sh\", \"-c\", \"" + script
                + "\"]\nrestart = { most = 1 }\ndrain = \"SIGTERM\"\n";
    }

    @Test
    void aCrashLoopIsGivenUpForTheNextSupervisorTooAndAStartTriesAgain() throws Exception {
        try (Supervised supervised = Supervised.launch(service("echo no licence; exit 7"))) {
            await().atMost(PATIENCE).until(() -> supervised.log().contains("app is given up, and stays down"));
            isDown(supervised);
            Ran doctor = supervised.ctl("doctor");
            assertThat(doctor.exitCode()).isEqualTo(1);
            assertThat(doctor.out()).contains("now down: app/g1/w1", "given up after 1 restart within 60 s");

            supervised.killSupervisor();
            supervised.startAgain();
            await().atMost(PATIENCE).until(() -> supervised.ctl("status").exitCode() != 7);
            isDown(supervised);

            supervised.configure(service("python3 -c '"
                    + "import os, socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM);"
                    + " s.sendto(b\\\"READY=1\\\", os.environ[\\\"NOTIFY_SOCKET\\\"])'; sleep 1000"));
            Ran start = supervised.ctl("start", "app");
            assertThat(start.exitCode()).as(start.out() + start.err()).isZero();
            assertThat(supervised.ctl("status").exitCode()).isZero();
        }
    }

    private static void isDown(Supervised supervised) throws Exception {
        Ran status = supervised.ctl("status");
        assertThat(status.exitCode()).isEqualTo(3);
        assertThat(status.out())
                .contains(
                        "app: down since ",
                        "exited with 7 before it was ready; given up after 1 restart",
                        "no licence");
    }
}
