package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ProcessesTest {
    @Test
    void statIsReadThroughANameWithSpacesAndParentheses() {
        ProcessStat stat = ProcessStat.parse("4711 (a) R 1 (b c) S 17 4711 4700 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0"
                + " 123456789 1000 100 18446744073709551615 1 1");
        assertThat(stat).isEqualTo(new ProcessStat(4711, "a) R 1 (b c", 'S', 17, 4711, 4700, 123456789, 1));
    }

    @Test
    void statThatIsCutOffIsRefused() {
        assertThatThrownBy(() -> ProcessStat.parse("4711 (a) R 1")).hasMessageContaining("4711 (a) R 1");
        assertThatThrownBy(() -> ProcessStat.parse("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ownStatIsThatOfThisProcess() {
        ProcessStat stat = Processes.stat(ProcessHandle.current().pid()).orElseThrow();
        assertThat(stat.pid()).isEqualTo(ProcessHandle.current().pid());
        assertThat(stat.parent())
                .isEqualTo(ProcessHandle.current().parent().orElseThrow().pid());
        assertThat(stat.startTicks()).isPositive();
    }

    @Test
    void anotherThatHasThePidGetsNothingThatWasForItsPredecessor() throws Exception {
        Process stranger = new ProcessBuilder("setsid", "sleep", "100").start();
        try {
            await().until(() -> Processes.stat(stranger.pid()).orElseThrow().group() == stranger.pid());
            ProcessStat stat = Processes.stat(stranger.pid()).orElseThrow();
            ProcessId before = new ProcessId(stat.pid(), stat.startTicks() - 1);
            assertThat(Processes.isReplaced(before)).isTrue();
            assertThat(Processes.signalGroup(before, Signal.KILL)).isFalse();
            assertThat(stranger.isAlive()).isTrue();
            ProcessId itself = new ProcessId(stat.pid(), stat.startTicks());
            assertThat(Processes.isReplaced(itself)).isFalse();
            assertThat(Processes.signalGroup(itself, Signal.KILL)).isTrue();
            assertThat(stranger.waitFor()).isNotZero();
            assertThat(Processes.isReplaced(itself)).as("nobody has it").isFalse();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void aProcessWhoseFirstThreadHasEndedLivesAsLongAsAnotherDoes() throws Exception {
        Process worker = Python.start(
                "import ctypes, os, sys, threading",
                "def serve():",
                "    while True:",
                "        with open('/proc/self/stat') as stat:",
                "            if stat.read().rpartition(')')[2].split()[0] == 'Z':",
                "                break",
                "    print(os.getpid(), flush=True)",
                "    sys.stdin.read()",
                "    os._exit(0)",
                "threading.Thread(target=serve).start()",
                "ctypes.CDLL(None).pthread_exit(None)",
                "");
        try {
            long pid = Long.parseLong(Python.line(worker));
            assertThat(Processes.stat(pid).orElseThrow().state()).isEqualTo('Z');
            assertThat(Processes.hasEnded(pid)).isFalse();
            assertThat(Processes.isEnding(pid)).isFalse();
            assertThat(new SessionProcesses(pid).running()).contains(pid);
        } finally {
            worker.getOutputStream().close();
        }
        worker.waitFor();
        assertThat(Processes.hasEnded(worker.pid())).isTrue();
    }

    @Test
    void descendantsAreTheProcessItselfItsChildrenAndTheirs() throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", "sh -c 'sleep 100 & echo $!; wait' & wait").start();
        long sleep = Long.parseLong(Python.line(shell));
        long inner = Processes.stat(sleep).orElseThrow().parent();
        try {
            assertThat(Processes.withDescendants(shell.pid())).containsExactly(shell.pid(), inner, sleep);
            // The shell has made the process, and told its pid, before that runs the program.
            await().untilAsserted(() -> assertThat(Processes.commandLine(sleep)).isEqualTo("sleep 100"));
        } finally {
            for (long pid : new long[] {shell.pid(), inner, sleep}) {
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }

    @Test
    void zombieHasEndedAndWhoRunsHasNot() throws Exception {
        Process parent = Python.start(
                "import os, sys",
                "child = os.fork()",
                "if not child:",
                "    os._exit(0)",
                "os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)",
                "print(child, flush=True)",
                "sys.stdin.read()",
                "");
        try {
            assertThat(Processes.hasEnded(Long.parseLong(Python.line(parent)))).isTrue();
            assertThat(Processes.hasEnded(parent.pid())).isFalse();
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test
    void processThatHasGoneHasNoStatNoDescendantsAndNoCommandLine() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        assertThat(Processes.stat(process.pid())).isEmpty();
        assertThat(Processes.hasEnded(process.pid())).isTrue();
        assertThat(Processes.withDescendants(process.pid())).isEmpty();
        assertThat(Processes.commandLine(process.pid())).isEqualTo("?");
    }

    @Test
    void signalToAGroupReachesEachOfItsProcesses() throws Exception {
        Process leader = new ProcessBuilder("setsid", "sh", "-c", "sleep 100 & echo $!; wait").start();
        long member = Long.parseLong(Python.line(leader));
        long group = Processes.stat(member).orElseThrow().group();
        try (Pidfd held = Pidfd.open(member).orElseThrow()) {
            assertThat(Processes.signalGroup(group, Signal.KILL)).isTrue();
            leader.waitFor();
            await().until(() -> !held.send(Signal.CONT));
        }
        assertThat(Processes.signalGroup(group, Signal.KILL)).isFalse();
    }

    @Test
    void groupThatWouldMeanEverybodyIsRefused() {
        assertThatThrownBy(() -> Processes.signalGroup(1, Signal.TERM)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Processes.signalGroup(0, Signal.TERM)).isInstanceOf(IllegalArgumentException.class);
    }
}
