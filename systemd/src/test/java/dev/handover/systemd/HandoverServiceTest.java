package dev.handover.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.harness.Ran;
import dev.handover.systemd.HttpConnection.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What systemctl does to the unit, one verb after the other. */
class HandoverServiceTest extends StartedUnit {
    @Test
    void isStartedOnceItsServicesAreReadyAndItsMainProcessIsJava() throws Exception {
        assertThat(property("ActiveState")).isEqualTo("active");
        assertThat(get().status()).isEqualTo(200);
        String exe = systemd.output("readlink", "/proc/" + property("MainPID") + "/exe");
        assertThat(exe).endsWith("/bin/java");
        assertThat(property("StatusText")).isNotEmpty();
        assertThat(systemd.output("stat", "-c", "%U %a", "/run/handover", "/run/handover/control.sock"))
                .isEqualTo("handover 711\nhandover 600");
    }

    @Test
    void reloadReturnsWhenTheNextGenerationServesAndTheLastOneHasFinishedWhatItAccepted() throws Exception {
        int before = get().generation();
        String supervisor = property("MainPID");
        int logged = tree.log().length();
        CompletableFuture<Reply> slow = answered(askSlowly(3000));
        Load load = new Load(tree.port());
        succeeds(systemctl("reload"));
        // Whoever reads the answer may not have come to it yet; that it was given was seen before this was said.
        assertThat(tree.log().substring(logged)).contains("lossless, steered");
        int after = get().generation();
        Load.Outcome outcome = load.end();

        assertThat(after).isGreaterThan(before);
        assertThat(slow.get().status()).isEqualTo(200);
        assertThat(slow.get().generation()).isEqualTo(before);
        assertThat(outcome.statuses()).containsExactly(200);
        assertThat(outcome.repliesByGeneration()).containsOnlyKeys(before, after);
        assertThat(outcome.failures()).isEmpty();
        System.out.println("replies by generation: " + outcome.repliesByGeneration());
        assertThat(property("MainPID")).isEqualTo(supervisor);
    }

    @Test
    void aReloadThatSystemdDidNotAskForLeavesTheUnitActiveSoThatOneThatItAsksForReachesTheSupervisor()
            throws Exception {
        int before = get().generation();
        CompletableFuture<Reply> slow = answered(askSlowly(3000));
        CompletableFuture<Ran> first = CompletableFuture.supplyAsync(() -> supervisorctl("reload"));
        await().atMost(LONG_ENOUGH).until(() -> get().generation() > before);

        assertThat(property("ActiveState")).isEqualTo("active");
        succeeds(systemctl("reload"));

        succeeds(first.get());
        assertThat(slow.get().status()).isEqualTo(200);
        assertThat(get().generation()).isEqualTo(before + 2);
    }

    private Ran supervisorctl(String verb) {
        try {
            return tree.supervisorctl(verb);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void whatEndsLeftoversIsNotToBeStoppedByItself() throws Exception {
        Reply before = get();

        Ran stop = systemd.run("systemctl", "stop", "handover-leftovers@handover.service");

        assertThat(stop.exitCode()).as(stop::toString).isNotZero();
        assertStillServes(before.generation());
    }

    @Test
    void aReloadWhoseNewGenerationDiesFailsAndTheOldOneStillServes() throws Exception {
        Reply before = get();
        tree.configure(List.of("/bin/sh", "-c", "echo no luck today >&2; exit 3"));

        Ran reload = systemctl("reload");

        assertThat(reload.exitCode()).as(reload::toString).isNotZero();
        assertThat(tree.log()).contains("no luck today");
        assertStillServes(before.generation());
    }

    @Test
    void aReloadOfAnInvalidConfigurationFailsAndChangesNothing() throws Exception {
        Reply before = get();
        tree.writeConfiguration("[services.web]\ncomand = ['true']\n");

        Ran reload = systemctl("reload");

        assertThat(reload.exitCode()).as(reload::toString).isNotZero();
        assertThat(tree.log()).contains("comand");
        assertStillServes(before.generation());
    }

    @Test
    void stopWaitsForWhatWasAccepted() throws Exception {
        try (HttpConnection slow = askSlowly(3000)) {
            succeeds(systemctl("stop"));
            assertThat(slow.receive().status()).isEqualTo(200);
        }
        assertThat(property("ActiveState")).isEqualTo("inactive");
        assertThat(property("Result")).isEqualTo("success");
        assertThat(property("ExecMainStatus")).isEqualTo("0");
        assertThat(systemd.run("test", "-e", "/run/handover").exitCode()).isNotZero();
    }

    @Test
    void tellsTheWatchdogThatItIsAlive() throws Exception {
        String beat = property("WatchdogTimestampMonotonic");
        await().atMost(LONG_ENOUGH)
                .until(() -> !property("WatchdogTimestampMonotonic").equals(beat));
        String next = property("WatchdogTimestampMonotonic");
        await().atMost(LONG_ENOUGH)
                .until(() -> !property("WatchdogTimestampMonotonic").equals(next));
        assertThat(property("NRestarts")).isEqualTo("0");
    }

    /** A request under way, on a connection that has been accepted for sure: it has had a reply before. */
    private HttpConnection askSlowly(int milliseconds) throws IOException {
        HttpConnection connection = new HttpConnection(tree.port());
        connection.send("/");
        assertThat(connection.receive().status()).isEqualTo(200);
        connection.send("/slow?ms=" + milliseconds);
        return connection;
    }

    /** The reply to what was asked, after which the client goes: on an idle connection a worker may have to wait for it. */
    private static CompletableFuture<Reply> answered(HttpConnection asked) {
        return CompletableFuture.supplyAsync(() -> {
            try (asked) {
                return asked.receive();
            } catch (IOException lost) {
                throw new UncheckedIOException(lost);
            }
        });
    }

    private void assertStillServes(int generation) throws Exception {
        assertThat(property("ActiveState")).isEqualTo("active");
        Reply reply = get();
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.generation()).isEqualTo(generation);
    }
}
