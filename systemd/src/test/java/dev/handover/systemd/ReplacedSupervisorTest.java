package dev.handover.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.harness.Ran;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The supervisor goes, one way or another, and another one comes: what clients and workers have of it. */
class ReplacedSupervisorTest extends StartedUnit {
    private static final String CONTROL_GROUP = "/sys/fs/cgroup/system.slice/handover.service";

    @Test
    void aRestartCostsNoConnectionAndNoWorker() throws Exception {
        String before = property("MainPID");
        Load load = new Load(tree.port());

        succeeds(systemctl("restart"));

        assertGoneOnWith(load, before);
        assertThat(property("Result")).isEqualTo("success");
        assertThat(tree.log()).contains("leaving: workers serve on");
    }

    @Test
    void aRestartCostsNoConnectionAndNoWorkerWhereGenerationsAreCounted() throws Exception {
        String counted = systemd.output("sh", "-uc", """
                for group in /sys/fs/cgroup /sys/fs/cgroup/system.slice %1$s %1$s/handover-*; do
                    for controller in cpu memory pids; do
                        ! grep -qw $controller $group/cgroup.controllers ||
                            echo +$controller >$group/cgroup.subtree_control || exit 0
                    done
                done 2>&1
                cat %1$s/cgroup.subtree_control
                """.formatted(CONTROL_GROUP));
        assumeTrue(
                !counted.isEmpty() && List.of("cpu", "memory", "pids").containsAll(List.of(counted.split("\\s+"))),
                () -> "no controller of version 2 is to be had where this test runs: " + counted);
        String before = property("MainPID");
        Load load = new Load(tree.port());

        succeeds(systemctl("restart"));

        assertGoneOnWith(load, before);
    }

    @Test
    void eachWorkerHasAControlGroupThatTheNextSupervisorGoesOnWith() throws Exception {
        assertThat(groups()).as(tree.log()).hasSize(3).anyMatch(group -> group.endsWith("/supervisor"));
        List<String> before = groups();
        String supervisor = property("MainPID");
        systemd.output("kill", "-KILL", supervisor);
        awaitAnotherThan(supervisor);
        assertThat(groups()).isEqualTo(before);

        succeeds(systemctl("reload"));

        assertThat(groups()).hasSize(3).doesNotContainAnyElementsOf(before.subList(1, 3));
        assertThat(tree.supervisorctl("status").out()).contains("all of it: CPU ");
    }

    @Test
    void aKilledSupervisorCostsNoConnectionAndNoWorker() throws Exception {
        String before = property("MainPID");
        Load load = new Load(tree.port());

        systemd.output("kill", "-KILL", before);
        awaitAnotherThan(before);

        assertGoneOnWith(load, before);
    }

    @Test
    void oneThatHangsIsFoundByTheWatchdogAndCostsNoConnectionAndNoWorker() throws Exception {
        String before = property("MainPID");
        Load load = new Load(tree.port());

        systemd.output("kill", "-STOP", before);
        awaitAnotherThan(before);

        assertGoneOnWith(load, before);
        assertThat(property("NRestarts")).isEqualTo("1");
    }

    @Test
    void whereTheNextOneIsRefusedByTheConfigurationWorkersServeOnAndTheOneAfterGoesOnWithThem() throws Exception {
        Load load = new Load(tree.port());
        String before = property("MainPID");
        tree.writeConfiguration("[services.web]\ncomand = ['true']\n");
        systemd.output("kill", "-KILL", before);
        await().atMost(LONG_ENOUGH).until(() -> property("ActiveState").equals("failed"));
        assertThat(property("ExecMainStatus")).isEqualTo("2");

        tree.configure(tree.httpWorker());
        succeeds(systemctl("start"));

        assertGoneOnWith(load, before);
    }

    @Test
    void aCopyOfTheUnitUnderAnotherNameIsASupervisorOfItsOwn() throws Exception {
        Load load = new Load(tree.port());
        systemd.output("sh", "-euc", """
                cp /etc/systemd/system/handover.service /etc/systemd/system/handover@.service
                cp -r /etc/systemd/system/handover.service.d /etc/systemd/system/handover@.service.d
                printf '[services.idle]\\ncommand = ["true"]\\nautostart = false\\n' >/etc/handover/handover@shop.toml
                systemctl daemon-reload
                systemctl start handover@shop
                """);
        Ran status = tree.supervisorctl("--socket", "/run/handover@shop/control.sock", "--json", "status");
        systemd.output("systemctl", "stop", "handover@shop");

        assertThat(status.out()).as(status::toString).contains("\"service\":\"idle\"");
        assertThat(systemd.run("test", "-e", "/run/handover@shop").exitCode()).isNotZero();
        assertThat(load.end().failures()).isEmpty();
    }

    @Test
    void afterAStopNothingIsLeftThoughAProcessGotAwayFromItsWorker() throws Exception {
        String escapes = "setsid sleep 3600 </dev/null >/dev/null 2>&1 & exec ";
        tree.configure(List.of("/bin/sh", "-c", escapes + String.join(" ", tree.httpWorker())));
        succeeds(systemctl("reload"));

        succeeds(systemctl("stop"));

        assertThat(tree.log())
                .contains("(sleep) outside of its session; ended now")
                .doesNotContain("end-leftovers: handover.service is stopped, and these");
        assertNothingIsLeft();
        assertThat(property("Result")).isEqualTo("success");
    }

    @Test
    void afterAStopNothingIsLeftThoughTheSupervisorHadFailedBefore() throws Exception {
        tree.writeConfiguration("[services.web]\ncomand = ['true']\n");
        systemd.output("kill", "-KILL", property("MainPID"));
        await().atMost(LONG_ENOUGH).until(() -> property("ActiveState").equals("failed"));
        assertThat(get().status()).isEqualTo(200);

        succeeds(systemctl("stop"));

        // It is another unit that ends what is left, whose stop systemctl does not wait for.
        await().atMost(LONG_ENOUGH).untilAsserted(this::assertNothingIsLeft);
    }

    @Test
    void afterAStopNothingIsLeftThoughTheSupervisorHung() throws Exception {
        tree.setInUnit("TimeoutStopSec=3s");
        // systemd sends CONT with its signal, which is to be too late each time.
        String hang = "while kill -STOP " + property("MainPID") + "; do :; done";
        systemd.output("sh", "-c", "setsid sh -c '" + hang + "' >/dev/null 2>&1 &");

        succeeds(systemctl("stop"));

        assertThat(property("Result")).isEqualTo("timeout");
        assertNothingIsLeft();
    }

    private void awaitAnotherThan(String before) {
        await().atMost(LONG_ENOUGH)
                .until(() -> !List.of(before, "0").contains(property("MainPID"))
                        && property("ActiveState").equals("active"));
    }

    /** The workers are the same, all clients were served, and the new supervisor knows it. */
    private void assertGoneOnWith(Load load, String before) throws Exception {
        succeeds(tree.supervisorctl("status"));
        Load.Outcome outcome = load.end();
        assertThat(property("MainPID")).isNotEqualTo(before);
        assertThat(outcome.failures()).isEmpty();
        assertThat(outcome.statuses()).containsExactly(200);
        assertThat(outcome.workers()).hasSize(2);
        System.out.println(outcome.repliesByGeneration() + " replies by generation, from " + outcome.workers());
    }

    /** Those of the unit that processes are in, the supervisor's own first. */
    private List<String> groups() throws Exception {
        return systemd.output("find", CONTROL_GROUP, "-name", "cgroup.events", "-execdir", "sh", "-c", """
                        [ -z "$(cat cgroup.procs)" ] || pwd -P
                        """, ";")
                .lines()
                .sorted(Comparator.comparing((String group) -> !group.endsWith("/supervisor"))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    private void assertNothingIsLeft() throws Exception {
        assertThat(systemd.run("test", "-e", CONTROL_GROUP).exitCode())
                .as("its control group is gone")
                .isNotZero();
        assertThat(systemd.run("test", "-e", "/run/handover").exitCode()).isNotZero();
        assertThat(systemd.output("ls", "-A", "/var/cache/handover")).isEmpty();
    }
}
