package dev.handover.supervisor.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.SystemdNotifier;
import dev.handover.supervisor.terms.Effect.Standing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a service manager hears. */
class SystemdTest {
    private static final String RECEIVER = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s.bind(sys.argv[1])
            print("bound", flush=True)
            while True:
                said = s.recv(4096).decode()
                if said == "end":
                    break
                print(said.replace("\\n", " "), flush=True)
            """;

    @TempDir
    private Path folder = Path.of("/");

    private List<String> heard(Map<String, String> environment, Consumer<Systemd> said) throws IOException {
        String socket = folder.resolve("notify").toString();
        Process receiver = new ProcessBuilder("python3", "-c", RECEIVER, socket).start();
        receiver.inputReader().readLine();
        SystemdNotifier notifier = SystemdNotifier.of(Map.of("NOTIFY_SOCKET", socket), 1);
        try (Log log = new Log(Level.ERROR, false, new ByteArrayOutputStream(), Optional.empty())) {
            Systemd systemd = new Systemd(notifier, environment, log);
            said.accept(systemd);
            notifier.send("end");
            return receiver.inputReader().lines().toList();
        }
    }

    @Test
    void aReloadBySignalIsToldWithItsTimeAndItsEnd() throws Exception {
        assertThat(heard(Map.of("SYSTEMD_EXEC_PID", "1"), systemd -> {
                    systemd.announce(Standing.STARTING, "well");
                    systemd.announce(Standing.READY, "well");
                    systemd.announce(Standing.READY, "well");
                    systemd.reloads();
                    systemd.announce(Standing.READY, "busy");
                    systemd.reloads();
                    systemd.reloaded();
                    systemd.announce(Standing.READY, "well");
                    systemd.reloaded();
                    systemd.announce(Standing.STOPPING, "well");
                }))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("STATUS=well"),
                        line -> assertThat(line).isEqualTo("STATUS=well READY=1"),
                        line -> assertThat(line).isEqualTo("STATUS=well"),
                        line -> assertThat(line).matches("RELOADING=1 MONOTONIC_USEC=[0-9]+"),
                        line -> assertThat(line).isEqualTo("STATUS=busy"),
                        line -> assertThat(line).matches("RELOADING=1 MONOTONIC_USEC=[0-9]+"),
                        line -> assertThat(line).isEqualTo("STATUS=well"),
                        line -> assertThat(line).isEqualTo("READY=1"),
                        line -> assertThat(line).isEqualTo("STATUS=well STOPPING=1"));
    }

    @Test
    void aReloadThatWasAskedForOtherwiseIsStatusAlone() throws Exception {
        assertThat(heard(Map.of("SYSTEMD_EXEC_PID", "1"), systemd -> {
                    systemd.announce(Standing.READY, "well");
                    systemd.announce(Standing.READY, "busy");
                    systemd.announce(Standing.READY, "well");
                }))
                .containsExactly("STATUS=well READY=1", "STATUS=busy", "STATUS=well");
    }

    @Test
    void oneThatEndsWithTheSupervisorIsNotReady() throws Exception {
        assertThat(heard(Map.of("SYSTEMD_EXEC_PID", "1"), systemd -> {
                    systemd.reloads();
                    systemd.announce(Standing.STOPPING, "well");
                    systemd.reloaded();
                }))
                .containsExactly("STATUS=well STOPPING=1");
    }

    @Test
    void aServiceManagerThatTakesACrashInAReloadForAReloadIsNotToldOfAny() throws Exception {
        assertThat(heard(Map.of(), systemd -> {
                    systemd.announce(Standing.READY, "well");
                    systemd.reloads();
                    systemd.announce(Standing.READY, "well");
                    systemd.announce(Standing.READY, "well");
                    systemd.reloaded();
                }))
                .containsExactly("STATUS=well READY=1", "STATUS=well", "STATUS=well");
    }
}
