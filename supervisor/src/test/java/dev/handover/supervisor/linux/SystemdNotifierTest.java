package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class SystemdNotifierTest {
    @Test
    void withoutAServiceManagerNothingIsDone() throws Exception {
        SystemdNotifier notifier = SystemdNotifier.of(Map.of(), 1);
        notifier.send("READY=1");
        assertThat(notifier.connected()).isFalse();
        assertThat(notifier.watchdog()).isEmpty();
    }

    @Test
    void abstractSocketIsReached() throws Exception {
        Process manager = Python.start(
                "import socket, sys",
                "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)",
                "s.bind('\\0' + sys.argv[1])",
                "print('bound', flush=True)",
                "print(s.recv(4096).decode())",
                "handover-test-" + ProcessHandle.current().pid());
        assertThat(Python.line(manager)).isEqualTo("bound");
        SystemdNotifier.of(
                        Map.of(
                                "NOTIFY_SOCKET",
                                "@handover-test-" + ProcessHandle.current().pid()),
                        1)
                .send("READY=1");
        assertThat(Python.line(manager)).isEqualTo("READY=1");
    }

    @Test
    void itIsToldWithoutAnotherDescriptorAndAlsoOnceItHasStartedAnew(@TempDir Path folder) throws Exception {
        Path socket = folder.resolve("notify");
        Process manager = Python.start(
                "import socket, sys",
                "for start in range(2):",
                "    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)",
                "    s.bind(sys.argv[1])",
                "    print('bound', flush=True)",
                "    print(s.recv(4096).decode(), flush=True)",
                "    print(s.recv(4096).decode(), flush=True)",
                "    s.close()",
                socket.toString());
        SystemdNotifier notifier = SystemdNotifier.of(Map.of("NOTIFY_SOCKET", socket.toString()), 1);
        for (int start = 0; start < 2; start++) {
            assertThat(Python.line(manager)).isEqualTo("bound");
            notifier.send("READY=1");
            assertThat(Python.line(manager)).isEqualTo("READY=1");
            Path away = folder.resolve("away");
            Files.move(socket, away, StandardCopyOption.REPLACE_EXISTING); // none could be connected anew
            notifier.send("WATCHDOG=1");
            assertThat(Python.line(manager)).isEqualTo("WATCHDOG=1");
        }
    }

    @Test
    void serviceManagerThatIsGoneIsAnErrorThatNamesItsSocket(@TempDir Path folder) {
        Path gone = folder.resolve("notify");
        assertThatThrownBy(() -> SystemdNotifier.of(Map.of("NOTIFY_SOCKET", gone.toString()), 1)
                        .send("READY=1"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the service manager was not told at " + gone);
    }

    @Test
    void watchdogIsTheTimeThatSystemdStates() {
        assertThat(SystemdNotifier.of(Map.of("WATCHDOG_USEC", "30000000"), 7).watchdog())
                .contains(Duration.ofSeconds(30));
        assertThat(SystemdNotifier.of(Map.of("WATCHDOG_USEC", "30000000", "WATCHDOG_PID", "7"), 7)
                        .watchdog())
                .contains(Duration.ofSeconds(30));
    }

    @Test
    void watchdogOfAnotherProcessOrNoNumberIsNone() {
        assertThat(SystemdNotifier.of(Map.of("WATCHDOG_USEC", "30000000", "WATCHDOG_PID", "8"), 7)
                        .watchdog())
                .isEmpty();
        assertThat(SystemdNotifier.of(Map.of("WATCHDOG_USEC", "soon"), 7).watchdog())
                .isEmpty();
        assertThat(SystemdNotifier.of(Map.of("WATCHDOG_USEC", "0"), 7).watchdog())
                .isEmpty();
    }
}
