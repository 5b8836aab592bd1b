package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.Signal;
import java.time.Duration;
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

    /** By a parent that reaps it, which this process is not. */
    private static Optional<Exit> exit(String program) throws Exception {
        Process parent =
                new ProcessBuilder("sh", "-c", "sh -c 'read line <&3; " + program + "' 3<&0 & echo $!; wait").start();
        long child = Long.parseLong(Python.line(parent));
        try (Pidfd held = Pidfd.open(child).orElseThrow()) {
            assertThat(held.exitOnceReaped(Duration.ZERO)).as("while it runs").isEmpty();
            parent.getOutputStream().close();
            assertThat(held.awaitEnd(Duration.ofSeconds(60))).isTrue();
            return held.exitOnceReaped(Duration.ofSeconds(60));
        } finally {
            parent.waitFor();
        }
    }

    @Test
    void howAnothersChildHasEndedIsTold() throws Exception {
        assumeTrue(KernelSince.is(6, 15), "the kernel tells from 6.15 on");
        assertThat(exit("exit 3")).contains(new Exit.Code(3));
        assertThat(exit("kill -TERM $$")).contains(new Exit.Killed("SIGTERM", false));
    }

    @Test
    void howItHasEndedIsNotToldOfOneThatNobodyReaps() throws Exception {
        Process parent = new ProcessBuilder("sh", "-c", "sleep 0 & echo $!; exec sleep 100").start();
        try (Pidfd held = Pidfd.open(Long.parseLong(Python.line(parent))).orElseThrow()) {
            assertThat(held.awaitEnd(Duration.ofSeconds(60))).isTrue();
            assertThat(held.exitOnceReaped(Duration.ofMillis(50))).isEmpty();
        } finally {
            parent.destroyForcibly().waitFor();
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
