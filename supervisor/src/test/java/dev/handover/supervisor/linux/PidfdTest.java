package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.terms.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class PidfdTest {
    @Test
    void signalReachesTheProcess() throws Exception {
        Process process = sleep();
        try (Pidfd held = Pidfd.open(process.pid()).orElseThrow()) {
            assertThat(held.send(Signal.TERM)).isTrue();
            assertThat(process.waitFor()).isEqualTo(128 + Signal.TERM.number());
            assertThat(held.send(Signal.TERM)).isFalse();
        }
    }

    @Test
    void processThatHasGoneIsAnAnswerAndNoError() throws Exception {
        Process process = sleep();
        process.destroyForcibly().waitFor();
        assertThat(Pidfd.open(process.pid())).isEmpty();
    }

    @Test
    void refusalNamesTheCallTheErrorAndTheProcess() throws Exception {
        assumeTrue(Processes.ownUid() != 0, "root may signal everyone");
        try (Pidfd init = Pidfd.open(1).orElseThrow()) {
            assertThatThrownBy(() -> init.send(Signal.WINCH))
                    .isInstanceOf(LinuxException.class)
                    .hasMessage("pidfd_send_signal: EPERM (SIGWINCH to pid 1)");
        }
    }

    @Test
    void exitIsNoticedOfChildrenAndOfOthersAlike() throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", "sleep 100 & echo $!; exec sleep 100").start();
        long grandchild = Long.parseLong(Python.line(shell));
        BlockingQueue<Long> ended = new LinkedBlockingQueue<>();
        try (ExitWatch watch = new ExitWatch();
                Pidfd child = Pidfd.open(shell.pid()).orElseThrow();
                Pidfd other = Pidfd.open(grandchild).orElseThrow()) {
            watch.watch(child, () -> ended.add(child.pid()));
            watch.watch(other, () -> ended.add(grandchild));
            other.send(Signal.KILL);
            assertThat(ended.take()).isEqualTo(grandchild);
            child.send(Signal.KILL);
            assertThat(ended.take()).isEqualTo(shell.pid());
        }
    }

    @Test
    void exitBeforeTheWatchBeganIsNoticedToo() throws Exception {
        Process process = sleep();
        BlockingQueue<Long> ended = new LinkedBlockingQueue<>();
        try (ExitWatch watch = new ExitWatch()) {
            Optional<Pidfd> held = Pidfd.open(process.pid());
            process.destroyForcibly().waitFor();
            watch.watch(held.orElseThrow(), () -> ended.add(process.pid()));
            held.orElseThrow().close();
            assertThat(ended.take()).isEqualTo(process.pid());
        }
    }

    @Test
    void callbackThatThrowsDoesNotEndTheWatch() throws Exception {
        BlockingQueue<Long> ended = new LinkedBlockingQueue<>();
        List<Process> processes = new ArrayList<>();
        try (ExitWatch watch = new ExitWatch()) {
            for (int i = 0; i < 20; i++) {
                Process process = sleep();
                processes.add(process);
                try (Pidfd held = Pidfd.open(process.pid()).orElseThrow()) {
                    watch.watch(held, () -> {
                        ended.add(process.pid());
                        if (process.equals(processes.get(0))) {
                            throw new IllegalArgumentException("thrown on purpose, to see the others noticed");
                        }
                    });
                }
            }
            for (Process process : processes) {
                process.destroyForcibly();
                assertThat(ended.take()).isEqualTo(process.pid());
            }
        }
    }

    private static Process sleep() throws Exception {
        return new ProcessBuilder("sleep", "100").start();
    }
}
